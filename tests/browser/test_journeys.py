"""What a newcomer does, in a real browser: drop a file, load it, read pages, take it back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WAIT_MS, App, settled
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

HEADER = (
    "order_id,created_at,paid_at,status,customer_id,goods_amount,discount_amount,shipping_amount,"
    "paid_amount,refunded_amount,currency,channel,device,region\n"
)


def orders(*amounts: float, day: int = 1) -> str:
    return HEADER + "".join(
        f"{day}-{number},2026-05-{day:02d} 10:00:00,2026-05-{day:02d} 10:05:00,completed,"
        f"c{number},{amount},0,0,{amount},0,CNY,Direct,mobile,上海\n"
        for number, amount in enumerate(amounts)
    )


def metric(page: Page, label: str) -> str:
    tile = page.get_by_test_id("stMetric").filter(has_text=label).first
    expect(tile).to_be_visible(timeout=WAIT_MS)
    return tile.get_by_test_id("stMetricValue").inner_text()


def press_load(page: Page) -> None:
    button = page.get_by_role("button", name="Load 1 file(s)")
    button.click(timeout=3 * WAIT_MS)
    expect(page.get_by_role("button", name="See or undo what was loaded")).to_be_visible(
        timeout=3 * WAIT_MS
    )
    settled(page)


def test_an_empty_store_says_what_would_fill_it(app: App, page: Page) -> None:
    page.goto(app.url)
    settled(page)
    main = page.get_by_test_id("stMain")
    expect(main.get_by_role("heading", name="Overview")).to_be_visible()
    expect(main).to_contain_text("demo shop")


def test_a_file_is_dropped_loaded_read_and_taken_back(app: App, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "my orders.csv"
    path.write_text(orders(100, 250.5))
    settled(page.goto(f"{app.url}/data") and page)
    page.locator('input[type="file"]').set_input_files(path)
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("Recognised as Orders (our template)", timeout=WAIT_MS)
    expect(main).to_contain_text(
        "2 rows read = 2 new + 0 changed + 0 unchanged + 0 rejected + 0 totals"
    )
    press_load(page)
    expect(main).to_contain_text("my orders.csv")
    page.goto(f"{app.url}/overview")
    settled(page)
    assert metric(page, "GMV") == "CN¥350.50"
    assert metric(page, "Orders") == "2"


def test_a_wall_page_shows_a_file_from_the_inbox_without_reload(app: App, page: Page) -> None:
    page.goto(f"{app.url}/overview?vs=none&device=mobile")
    settled(page)
    assert metric(page, "Orders") == "2"
    page.evaluate("() => { window.notReloaded = true }")
    part = app.inbox / "later.csv.part"
    part.write_text(orders(49.5, day=2))
    part.rename(app.inbox / "later.csv")
    value = page.get_by_test_id("stMetricValue").filter(has_text="CN¥400")
    expect(value.first).to_be_visible(timeout=WAIT_MS)
    assert page.evaluate("() => window.notReloaded")
    assert "vs=none" in page.url
    assert "device=mobile" in page.url
    assert (app.inbox / "done" / "later.csv").exists()


def test_the_command_line_hands_a_file_over_while_the_app_holds_the_store(
    app: App, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "more.csv"
    path.write_text(orders(600, day=3))
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "ecom", "import", str(path), "--lang", "en"),
            *("--database", app.database, "--inbox", str(app.inbox)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "inbox" in answer.stdout
    page.goto(f"{app.url}/overview")
    value = page.get_by_test_id("stMetricValue").filter(has_text="CN¥1,000")
    expect(value.first).to_be_visible(timeout=WAIT_MS)


def test_filters_survive_a_page_change_and_a_copied_link_is_the_same_view(
    app: App, page: Page
) -> None:
    page.goto(f"{app.url}/overview?period=custom&from=2026-05-01&to=2026-05-02&vs=none")
    settled(page)
    assert metric(page, "Orders") == "3"
    page.get_by_test_id("stSidebar").get_by_role("link", name="Retention").click()
    expect(page.get_by_role("heading", name="Retention")).to_be_visible(timeout=WAIT_MS)
    settled(page)
    assert "from=2026-05-01" in page.url
    page.goto(page.url.replace("/retention", "/overview"))
    settled(page)
    assert metric(page, "Orders") == "3"


def test_the_language_switch_changes_every_page(app: App, page: Page) -> None:
    page.goto(app.url)
    settled(page)
    page.get_by_test_id("stSidebar").get_by_text("简体中文").click()
    expect(page.get_by_role("heading", name="总览")).to_be_visible(timeout=WAIT_MS)
    settled(page)
    assert metric(page, "订单") == "4"


def test_a_batch_is_undone_from_the_data_page(app: App, page: Page) -> None:
    page.goto(f"{app.url}/data?data_part=history")
    settled(page)
    # The list is drawn on a canvas: its first row's box is left, under the header.
    batches = page.get_by_test_id("stDataFrame").last
    batches.scroll_into_view_if_needed()
    batches.click(position={"x": 18, "y": 52})
    page.get_by_role("button", name="Undo batch").click()
    page.get_by_test_id("stDialog").get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("stDialog")).to_have_count(0, timeout=WAIT_MS)
    page.goto(f"{app.url}/overview")
    value = page.get_by_test_id("stMetricValue").filter(has_text="CN¥400")
    expect(value.first).to_be_visible(timeout=WAIT_MS)


def test_a_private_workspace_leaves_the_team_store_alone(
    app: App, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "secret.csv"
    path.write_text(orders(77.7, day=9))
    page.goto(f"{app.url}/data?store=private")
    settled(page)
    page.locator('input[type="file"]').set_input_files(path)
    press_load(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Overview").click()
    expect(page.get_by_test_id("stMetricValue").filter(has_text="CN¥77.70").first).to_be_visible(
        timeout=WAIT_MS
    )
    page.goto(f"{app.url}/overview")
    settled(page)
    assert metric(page, "GMV") == "CN¥400.00"


def test_a_click_on_a_step_opens_who_left_before_it(app: App, page: Page) -> None:
    way = ("page_view", "view_item", "add_to_cart", "begin_checkout", "purchase")
    rows = [
        f"2026-05-01T10:0{place}:00Z,{name},v{visitor},mobile\n"
        for visitor in range(40)
        for place, name in enumerate(way[: 2 + visitor % 4])
    ]
    part = app.inbox / "log.csv.part"
    part.write_text("event_time,event_name,visitor_id,device\n" + "".join(rows))
    part.rename(app.inbox / "log.csv")
    page.goto(f"{app.url}/funnel?period=custom&from=2026-05-01&to=2026-05-01&vs=none")
    # Of the bars the first is the visit, the third who put something into the cart.
    bar = page.locator(".js-plotly-plot").first.locator(".trace.bars .point path").nth(2)
    expect(bar).to_be_visible(timeout=3 * WAIT_MS)
    settled(page)
    bar.scroll_into_view_if_needed()
    place = bar.bounding_box()
    assert place is not None
    # Plotly listens above the bars.
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("left before “Added to cart”", timeout=WAIT_MS)
    # Ten of the forty end at the product.
    expect(main).to_contain_text("10 of 40 visits (25.0%)")
    assert "funnel_step=add_to_cart" in page.url


def test_a_click_on_an_hour_opens_who_comes_then(app: App, page: Page) -> None:
    part = app.inbox / "hours.csv.part"
    rows = [f"2026-05-0{4 + n % 2}T0{n % 2}:30:00Z,page_view,v{n},mobile\n" for n in range(40)]
    part.write_text("event_time,event_name,visitor_id,device\n" + "".join(rows))
    part.rename(app.inbox / "hours.csv")
    page.goto(f"{app.url}/traffic?period=custom&from=2026-05-04&to=2026-05-10&vs=none")
    plot = page.locator(".js-plotly-plot:has(.heatmaplayer .hm)")
    expect(plot).to_be_visible(timeout=3 * WAIT_MS)
    settled(page)
    plot.scroll_into_view_if_needed()
    cells = plot.locator(".nsewdrag").bounding_box()
    assert cells is not None
    # Half past one in UTC is half past nine on Tuesday in the shop; near a corner of the cell.
    across, down = (9 + 0.2) / 24, (1 + 0.8) / 7
    page.mouse.click(cells["x"] + across * cells["width"], cells["y"] + down * cells["height"])
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("Tue, 09:00 to 10:00: 20 visits", timeout=WAIT_MS)
    assert "traffic_weekday=1&traffic_hour=9" in page.url


def test_a_click_on_a_cell_of_the_funnel_opens_who_left_there(app: App, page: Page) -> None:
    part = app.inbox / "cells.csv.part"
    steps = ("page_view", "view_item", "add_to_cart", "begin_checkout", "purchase")
    rows = [
        f"2026-05-04T01:{n:02}:{place:02}Z,{step},v{n},{device}\n"
        for n, (device, far) in enumerate([("mobile", 4), ("desktop", 5), ("mobile", 3)] * 15)
        for place, step in enumerate(steps[:far])
    ]
    part.write_text("event_time,event_name,visitor_id,device\n" + "".join(rows))
    part.rename(app.inbox / "cells.csv")
    days = "period=custom&from=2026-05-04&to=2026-05-04&vs=none"
    page.goto(f"{app.url}/funnel?{days}&funnel_by=device")
    # Of the two tables in colours the one of groups; the other is of times.
    plot = page.locator(".js-plotly-plot:has(.heatmaplayer .hm)").first
    expect(plot).to_be_visible(timeout=3 * WAIT_MS)
    settled(page)
    plot.scroll_into_view_if_needed()
    cells = plot.locator(".nsewdrag").bounding_box()
    assert cells is not None
    # Phones are the first row; the last step, near the right edge of its cell.
    across, down = 0.97, 0.25
    page.mouse.click(cells["x"] + across * cells["width"], cells["y"] + down * cells["height"])
    expect(page.get_by_test_id("stMain")).to_contain_text("By what they are", timeout=WAIT_MS)
    assert "funnel_step=purchase" in page.url
    assert "device=mobile" in page.url


def test_a_photo_named_xlsx_gets_one_clear_sentence(app: App, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "holiday.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    page.goto(f"{app.url}/data")
    settled(page)
    page.locator('input[type="file"]').set_input_files(path)
    expect(page.get_by_test_id("stAlert").first).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_online_retail_workbook_uploads_and_gives_the_published_figures(
    app: App, page: Page, shared_dir: Path
) -> None:
    page.goto(f"{app.url}/data")
    settled(page)
    page.locator('input[type="file"]').set_input_files(
        shared_dir / "data" / "online_retail" / "online_retail.xlsx"
    )
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("541,909 rows read = 541,909 new", timeout=3 * WAIT_MS)
    press_load(page)
    span = "period=custom&from=2010-12-01&to=2011-12-09&vs=none&shop=uci"
    page.goto(f"{app.url}/overview?{span}")
    settled(page)
    assert metric(page, "Net revenue") == "£9.75M"
    assert metric(page, "Buyers") == "4,338"
    # Tables are drawn on a canvas; their text for screen readers holds the plain numbers.
    for figure in ("25900", "4372", "9747747.934", "18532", "8911407.904"):
        expect(main).to_contain_text(figure, timeout=WAIT_MS)
    page.goto(f"{app.url}/retention?{span}")
    settled(page)
    expect(main.locator("svg").filter(has_text="885").first).to_be_visible(timeout=WAIT_MS)
