"""Before a file is loaded: its workbook, its effect, its confirmation; after: its traces."""

from __future__ import annotations

import hashlib
import io

import openpyxl

from ecom.export.findings import findings_workbook
from ecom.ingest import examine_for_store, import_files
from ecom.store import Shop, open_store
from tests.ui.conftest import open_app, words
from tests.ui.test_workplace import ORDERS, drop, press_load


def test_the_effect_is_computed_when_it_is_opened(database: str) -> None:
    app = drop(open_app("data"), "orders.csv", ORDERS)
    assert not app.exception
    assert "Key figures of" not in words(app)
    app.session_state[f"effect_{hashlib.sha256(ORDERS).hexdigest()[:12]}"] = True
    app.run()
    assert not app.exception
    assert "Key figures of" in words(app)
    with open_store(database) as store:
        assert store.batches().empty


def test_a_page_says_what_it_is_made_of_when_it_is_asked(filled: str) -> None:
    app = open_app("overview")
    assert "Rows that count in" not in words(app)
    app.session_state["overview_made_of"] = True
    app.run()
    assert not app.exception
    assert "Rows that count in" in words(app)


def test_a_file_of_another_shop_is_loaded_only_when_that_is_confirmed(
    database: str, tmp_path
) -> None:
    head = "order_id,sku,quantity,unit_price,line_amount\n"
    with open_store(database) as store:
        for name, first in (("ours", 0), ("theirs", 100)):
            path = tmp_path / f"{name}.csv"
            products = "".join(f"K{n},thing,10\n" for n in range(first, first + 6))
            path.write_text(f"sku,product_name,price\n{products}")
            import_files(store, [path], shop=Shop(name, "own", name, "CNY", "Asia/Shanghai"))
    app = open_app("data")
    app.selectbox(key="uploads_shop.en").select("shop:ours").run()
    rows = "".join(f"new,K{n},1,10,10\n" for n in range(100, 106))
    app = drop(app, "lines.csv", (head + rows).encode())
    assert not app.exception
    assert "The file seems to belong to theirs" in words(app)
    assert "uploads_load" not in {button.key for button in app.button}
    (box,) = [box for box in app.checkbox if (box.key or "").startswith("confirm_")]
    box.check().run()
    app = press_load(app)
    assert "6 new" in words(app)


def test_the_history_keeps_a_line_of_what_was_undone(filled: str) -> None:
    with open_store(filled) as store:
        store.undo(1)
        log = store.undone()
    assert log["file_name"].tolist() == ["orders.csv"]
    assert log["batch_id"].tolist() == [1]
    app = open_app("data", data_part="history")
    assert not app.exception


def test_the_workbook_of_the_page_opens(database: str, tmp_path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(ORDERS)
    with open_store(database) as store:
        examination = examine_for_store(store, path)
    book = openpyxl.load_workbook(io.BytesIO(findings_workbook(examination)))
    assert book["orders"]["E3"].value == "fifty"
