"""A click on the map of the provinces, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WAIT_MS, App, settled

pytestmark = pytest.mark.browser


def test_a_click_on_a_province_narrows_the_page_to_it(app: App, page: Page) -> None:
    part = app.inbox / "visits.csv.part"
    homes = ["广东"] * 20 + ["Zhejiang"] * 9 + ["浙江"] * 6
    rows = [
        f"2026-05-04T01:30:00Z,page_view,v{number},{home}\n" for number, home in enumerate(homes)
    ]
    part.write_text("event_time,event_name,visitor_id,region\n" + "".join(rows))
    part.rename(app.inbox / "visits.csv")
    page.goto(f"{app.url}/traffic?period=custom&from=2026-05-04&to=2026-05-10&vs=none")
    plot = page.locator(".js-plotly-plot:has(.heatmaplayer .hm):has-text('ZJ')")
    expect(plot).to_be_visible(timeout=3 * WAIT_MS)
    settled(page)
    plot.scroll_into_view_if_needed()
    square = plot.get_by_text("ZJ").bounding_box()
    assert square is not None
    # Near the corner of the square, where neither its name nor its number is.
    page.mouse.click(square["x"] + square["width"] / 2 + 16, square["y"] + 28)

    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("All visitors are from Zhejiang", timeout=WAIT_MS)
    # 浙江: one name stands for both in the data.
    expect(page).to_have_url(re.compile("region=%E6%B5%99%E6%B1%9F$"), timeout=WAIT_MS)
