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
        print(f"{'':12} {'charts':>7} {'cold':>8} {'again':>8} {'filter':>8} {'filter again':>13}")
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
    """One page: opened with periods nobody asked for before, then with the same ones."""
    links = [f"{app.address}/{key}?lang=en&period=custom&from={day}&to=2026-10-31" for day in _DAYS]
    cold, again, changed, changed_again = [], [], [], []
    charts = 0
    for link in links[:runs]:
        for opened, filtered in ((cold, changed), (again, changed_again)):
            page = _new_page(browser)
            started = time.perf_counter()
            page.goto(link)
            page.wait_for_function(_DRAWN)
            opened.append(time.perf_counter() - started)
            charts = page.locator('[data-testid="stPlotlyChart"]').count()
            filtered.append(_filter(page))
            page.context.close()
    shown = " ".join(
        f"{statistics.median(waits):{width}.2f}"
        for waits, width in ((cold, 8), (again, 8), (changed, 8), (changed_again, 13))
    )
    print(f"{key:12} {charts:7} {shown}")


_DAYS = tuple(f"2026-08-{day:02}" for day in range(3, 13))


def _filter(page: Page) -> float:
    """Choose another comparison; seconds until all charts are redrawn."""
    box = page.locator(".st-key-vs-en input")
    box.click()
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
