"""Importing as a new user does: a mixed folder, a broken file, an unknown and a protected one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import pyzipper
import xlwt
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import WAIT_MS, App, settled

pytestmark = pytest.mark.browser

HEADER = "order_id,created_at,paid_at,status,paid_amount,currency,region\n"


def orders(*numbers: int, month: int = 3) -> str:
    """An order of 10 yuan times its number, each on its own day."""
    return HEADER + "".join(
        f"{month}-{n},2026-{month:02d}-{n:02d} 10:00:00,2026-{month:02d}-{n:02d} 10:05:00,"
        f"completed,{n}0,CNY,上海\n"
        for n in numbers
    )


def drop(page: Page, app: App, *paths: Path) -> None:
    page.goto(f"{app.url}/data")
    settled(page)
    page.locator('input[type="file"]').set_input_files(paths)


def press_load(page: Page, count: int) -> None:
    page.get_by_role("button", name=f"Load {count} file(s)").click(timeout=2 * WAIT_MS)
    to_history = page.get_by_role("button", name="See or undo what was loaded")
    expect(to_history).to_be_visible(timeout=2 * WAIT_MS)
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0, timeout=WAIT_MS)
    settled(page)


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def says(page: Page, words: str) -> None:
    expect(main(page)).to_contain_text(words, timeout=2 * WAIT_MS)


def mixed_folder(folder: Path) -> list[Path]:
    """Two orders, two products, an order below a title, a zip of an order and a line, a diary."""
    (folder / "一月订单.csv").write_bytes(orders(1, 2, month=1).encode("gb18030"))
    old = xlwt.Workbook()
    sheet = old.add_sheet("goods")
    for row, cells in enumerate(
        [("sku", "product_name", "price"), ("K1", "lamp", 10), ("K2", "b", 5)]
    ):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    old.save(str(folder / "products.xls"))
    new = openpyxl.Workbook()
    new.active.append(["Orders of February"])
    new.active.append([])
    for line in orders(3, month=2).splitlines():
        new.active.append(line.split(","))
    new.save(folder / "february.xlsx")
    with zipfile.ZipFile(folder / "march.zip", "w") as archive:
        archive.writestr("orders.csv", orders(4))
        archive.writestr(
            "lines.csv", "order_id,sku,quantity,unit_price,line_amount\n3-4,K1,4,10,40\n"
        )
    (folder / "diary.csv").write_text("dear,diary\n1,2\n")
    return sorted(folder.iterdir())


def test_a_folder_of_mixed_exports_is_dropped_together(
    app: App, page: Page, tmp_path: Path
) -> None:
    drop(page, app, *mixed_folder(tmp_path))
    for words in ("march.zip › lines.csv", "february.xlsx", "products.xls · goods", "needs you"):
        says(page, words)
    press_load(page, 4)
    # 2 orders, 2 products, 1 order, 1 order and 1 line.
    says(page, "4 files are loaded: 7 rows new, 0 changed, 0 unchanged, 0 rejected.")
    says(page, "No known export has these columns.")  # the diary still waits
    page.get_by_role("button", name="See or undo what was loaded").click()
    for name in ("一月订单.csv", "products.xls", "february.xlsx", "march.zip › orders.csv"):
        says(page, name)


def test_a_broken_file_is_mended_in_its_workbook(app: App, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "april.csv"
    path.write_text(orders(1, 2, 3, 4, month=4).replace(",20,", ",twenty,").replace(",30,", ",?,"))
    drop(page, app, path)
    says(page, "4 rows read = 2 new + 0 changed + 0 unchanged + 2 rejected + 0 totals")
    says(page, "twenty")
    with page.expect_download() as download:
        page.get_by_role("button", name="Workbook with the faulty cells in colour").click()
    press_load(page, 1)

    mended = tmp_path / download.value.suggested_filename
    download.value.save_as(mended)
    book = openpyxl.load_workbook(mended)
    sheet = book.worksheets[-1]
    assert (sheet["E3"].value, sheet["E4"].value) == ("twenty", "?")
    sheet["E3"], sheet["E4"] = 20, 30
    book.save(mended)
    drop(page, app, mended)
    says(page, "4 rows read = 2 new + 0 changed + 2 unchanged + 0 rejected + 0 totals")
    press_load(page, 1)
    page.goto(f"{app.url}/overview?period=custom&from=2026-04-01&to=2026-04-30&vs=none")
    settled(page)
    # 10 + 20 + 30 + 40
    value = page.get_by_test_id("stMetricValue").filter(has_text="CN¥100.00")
    expect(value.first).to_be_visible(timeout=WAIT_MS)


def test_a_mapping_is_taught_once_and_known_the_next_time(
    app: App, page: Page, tmp_path: Path
) -> None:
    first, second = tmp_path / "shop.csv", tmp_path / "next.csv"
    first.write_text("订单流水号码,成交日,买家手机,实付\nA1,2026-05-01,13800001111,40.00\n")
    second.write_text("订单流水号码,成交日,买家手机,实付\nA2,2026-05-02,13800002222,60.00\n")
    drop(page, app, first)
    main(page).get_by_text("Map its columns", exact=True).click()
    says(page, "1 rows read = 1 new")
    title = main(page).get_by_label("Name of this export")
    title.fill("Corner shop")
    title.press("Enter")
    settled(page)
    main(page).get_by_role("button", name="Use").click()
    says(page, "Recognised as Corner shop (all columns known)")
    drop(page, app, second)
    says(page, "Recognised as Corner shop (all columns known)")
    says(page, "1 rows read = 1 new")
    press_load(page, 1)


def test_a_batch_is_undone_from_the_history(app: App, page: Page) -> None:
    page.goto(f"{app.url}/data?data_part=history")
    settled(page)
    says(page, "next.csv")
    batches = page.get_by_test_id("stDataFrame").first
    batches.click(position={"x": 18, "y": 52})  # the box of the first row, the newest
    page.get_by_role("button", name="Undo batch").click()
    page.get_by_test_id("stDialog").get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("stDialog")).to_have_count(0, timeout=WAIT_MS)
    says(page, "Undone files (1)")


def test_a_protected_archive_asks_for_its_password(app: App, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "protected.zip"
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"open sesame")
        archive.writestr("june.csv", orders(6, month=6))
    drop(page, app, path)
    says(page, "protected by a password")
    field = main(page).get_by_label("Password of the file")
    field.fill("wrong")
    field.press("Enter")
    says(page, "The password does not open")
    expect(page.get_by_role("button", name="Load 1 file(s)")).to_have_count(0)
    settled(page)
    expect(field).to_have_value("")
    field.fill("open sesame")
    field.press("Enter")
    says(page, "protected.zip › june.csv")
    says(page, "1 rows read = 1 new")
    press_load(page, 1)
    assert "open sesame" not in (app.folder / "app.log").read_text()
