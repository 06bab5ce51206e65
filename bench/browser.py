"""What a reader waits for in a real browser: from the link, or the filter, to the last chart."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.app import App, running_app
from bench.child import line
from bench.shop import copied_shop
from bench.shop_rows import Size
from ecom.ui.pages import PAGES

_WAIT_MS = 120_000
_COLUMNS = ("cold", "filter", "again", "filter again")
_CHART = '[data-testid="stPlotlyChart"]'
# Runs in the page: true once the script has ended and every chart is drawn for that run. Streamlit
# marks what is left of the run before as stale until it is drawn anew or taken away.
_DRAWN = """
() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const charts = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
  return app?.getAttribute('data-test-script-state') === 'notRunning'
    && document.querySelector('h1') !== null
    && document.querySelector('[data-testid="stSkeleton"]') === null
    && document.querySelector('[data-stale="true"]') === null
    && charts.every((chart) => chart.querySelector('.main-svg .plot, .main-svg .infolayer'));
}
"""
_HEADING = "() => document.querySelector('[data-testid=\"stMain\"] h1') !== null"


def measure(*, events: int, runs: int, keep: Path | None) -> None:
    """Print the start of the app and one line a page."""
    print(f"headless Chromium, {events:,} events, 90 days with comparison, median of {runs}, s")
    with copied_shop(Size(events), keep) as url, _chromium() as browser, running_app(url) as app:
        line("start of the process to the first page (to reach: 4)", _first_page(browser, app))
        print(f"{'':12} {'charts':>12}" + "".join(f"{name:>13}" for name in _COLUMNS))
        for page in PAGES:
            if page.has_filters:
                _print(browser, app, page.key, runs)


def _first_page(browser: Browser, app: App) -> float:
    page = _new_page(browser)
    page.goto(app.address)
    page.wait_for_function(_HEADING)
    seconds = time.perf_counter() - app.started
    page.wait_for_function(_DRAWN)
    page.context.close()
    return seconds


def _print(browser: Browser, app: App, key: str, runs: int) -> None:
    """One page, of periods that nobody asked for before: in a new browser, then in another tab."""
    waits: dict[str, list[float]] = {name: [] for name in _COLUMNS}
    charts = 0
    for day in range(1, runs + 1):
        link = f"{app.address}/{key}?lang=en&period=custom&from=2026-08-{day:02}&to=2026-10-31"
        first = _new_page(browser)
        waits["cold"].append(_open(first, link))
        waits["filter"].append(_filter(first))
        second = first.context.new_page()
        waits["again"].append(_open(second, link))
        waits["filter again"].append(_filter(second))
        charts = second.locator(_CHART).count()
        first.context.close()
    print(
        f"{key:12} {charts:12}" + "".join(f"{statistics.median(waits[x]):13.2f}" for x in _COLUMNS)
    )


def _open(page: Page, link: str) -> float:
    """Follow a link; seconds until all charts are drawn."""
    page.set_default_timeout(_WAIT_MS)
    started = time.perf_counter()
    page.goto(link)
    page.wait_for_function(_DRAWN)
    return time.perf_counter() - started


def _filter(page: Page) -> float:
    """Choose another comparison; seconds until all charts are redrawn."""
    page.locator(".st-key-vs-en input").click()
    option = page.get_by_role("option", name="Year before, same weekdays")
    option.wait_for()
    started = time.perf_counter()
    option.click()
    page.wait_for_function("() => location.search.includes('vs=year')")
    page.wait_for_function(_DRAWN)
    return time.perf_counter() - started


def _new_page(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(_WAIT_MS)
    return page


@contextmanager
def _chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("browser: needs Chromium (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()
