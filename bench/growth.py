"""How the reports grow with the shop: the same scope at ten and a hundred times the events."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import plotly.graph_objects as go
from playwright.sync_api import sync_playwright

from bench.child import ROOT, line
from bench.pages import answers, show
from bench.shop import kept_shop
from bench.shop_rows import Size

PICTURE = ROOT / "docs" / "growth.png"
_WIDTH, _HEIGHT = 760, 420


def measure(*, sizes: Sequence[int], runs: int, keep: Path | None, draw: bool) -> None:
    """Print the reports of each size and by how much they grew.

    Parameters
    ----------
    draw : whether to write the curves to ``docs/growth.png``.
    """
    measured = {}
    for events in sizes:
        with kept_shop(Size(events), keep) as url:
            measured[events] = answers(url, runs)
        print(f"{events:,} events; least of {runs} runs, s")
        show(measured[events])
        print()
    for smaller, larger in pairwise(sizes):
        for page, waits in measured[larger].items():
            growth = waits["cold"] / measured[smaller][page]["cold"]
            line(f"{page}, {larger:,} of {smaller:,} events", growth)
    if draw:
        PICTURE.write_bytes(_picture(_figure(measured)))
        print(PICTURE.relative_to(ROOT))


def _figure(measured: dict[int, dict[str, dict[str, float]]]) -> go.Figure:
    figure = go.Figure()
    for page in next(iter(measured.values())):
        seconds = [reports[page]["cold"] for reports in measured.values()]
        figure.add_scatter(x=list(measured), y=seconds, name=page, mode="lines+markers")
    figure.update_xaxes(type="log", title="events", dtick=1)
    figure.update_yaxes(type="log", title="report, cold, seconds")
    figure.update_layout(template="plotly_white", width=_WIDTH, height=_HEIGHT, margin_t=20)
    return figure


def _picture(figure: go.Figure) -> bytes:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("The picture needs Chromium (Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
        page.set_content(figure.to_html(include_plotlyjs=True, config={"staticPlot": True}))
        page.wait_for_selector(".js-plotly-plot .main-svg")
        picture = page.locator(".js-plotly-plot").screenshot()
        browser.close()
    return picture
