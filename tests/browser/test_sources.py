"""A shop's own database, added and pulled on the data page as a new user would."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, settled

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def shop_db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Two orders in a SQLite file, whose URL is in the app's environment."""
    path = tmp_path_factory.mktemp("db") / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, order_id, created_at, paid_at, status,"
            " paid_amount, currency);"
            "INSERT INTO orders VALUES"
            " (1, 'a', '2026-03-01 10:00:00', '2026-03-01 10:01:00', 'paid', 40, 'CNY'),"
            " (2, 'b', '2026-03-02 10:00:00', '2026-03-02 10:01:00', 'paid', 60, 'CNY');"
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_DB", f"sqlite:///{path}")
        yield str(path)


def choose_first_row(page: Page) -> None:
    """Select the first row of the list; the box stands left of the first column."""
    table = page.get_by_test_id("stDataFrame").first
    expect(table).to_be_visible()
    table.click(position={"x": 15, "y": 52})
    expect(page.get_by_role("button", name="Pull now")).to_be_visible()


def test_a_database_is_added_tested_pulled_and_deleted(app: App, page: Page, shop_db: str) -> None:
    page.goto(f"{app.url}/data?data_part=sources")
    settled(page)
    page.get_by_role("button", name="Add a database").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name", exact=True).fill("own shop")
    secret = form.get_by_label("Name of the secret")
    secret.fill("sqlite:///secret.db")
    form.get_by_label("Table, or one SELECT").fill("orders")
    form.get_by_label("Cursor column", exact=True).fill("id")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("can't be the name of a secret")).to_be_visible()
    secret.fill("SHOP_DB")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    settled(page)

    choose_first_row(page)
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.get_by_text("2 rows read = 2 new")).to_be_visible()
    expect(page.get_by_text("nothing is stored by a test")).to_be_visible()
    page.get_by_role("button", name="Pull now").click()
    # The trial says the same; the green box is the pull's.
    expect(page.get_by_test_id("stAlert")).to_contain_text("2 rows read = 2 new")
    settled(page)

    with closing(sqlite3.connect(shop_db)) as connection:
        connection.execute("UPDATE orders SET id = 30, paid_amount = 70 WHERE order_id = 'b'")
        connection.commit()
    page.goto(f"{app.url}/data?data_part=sources")
    settled(page)
    choose_first_row(page)
    page.get_by_role("button", name="Pull now").click()
    # The overlap of 10 reads order a again, too.
    expect(page.get_by_text("2 rows read = 0 new + 1 changed + 1 unchanged")).to_be_visible()

    page.goto(f"{app.url}/data?data_part=sources")
    settled(page)
    choose_first_row(page)
    page.get_by_role("button", name="Delete …").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    page.goto(f"{app.url}/data?data_part=history")
    settled(page)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()  # what it brought stays
