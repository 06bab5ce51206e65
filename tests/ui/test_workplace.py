"""The data and settings pages do what they say."""

from __future__ import annotations

import time

import pandas as pd

from ecom.ingest import layouts
from ecom.store import open_store
from ecom.ui.data.history import remark_table
from ecom.ui.data.shop_choice import shop_id_from
from tests.ui.conftest import open_app, words

ORDERS = (
    b"order_id,created_at,paid_at,status,paid_amount,currency\n"
    b"o1,2026-03-01 10:00:00,2026-03-01 10:01:00,paid,100.00,CNY\n"
    b"o2,2026-03-02 10:00:00,2026-03-02 10:01:00,paid,fifty,CNY\n"
)


def drop(app, name: str, content: bytes):
    return drop_all(app, (name, content))


def drop_all(app, *files: tuple[str, bytes]):
    app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files])
    return ended(app.run())


def press_load(app):
    return ended(app.button(key="uploads_load").click().run())


def ended(app):
    """Wait for what goes on in the background; a slow machine takes longer than the page waits."""
    for _ in range(600):
        if not any((button.key or "").startswith("job_cancel_") for button in app.button):
            return app
        time.sleep(0.1)
        app.run()
    raise AssertionError("still running")


def test_a_dropped_file_is_accounted_for_before_it_is_loaded(database: str) -> None:
    app = drop(open_app("data"), "orders.csv", ORDERS)
    assert not app.exception
    # Two rows; the amount of the second is no number.
    equation = "2 rows read = 1 new + 0 changed + 0 unchanged + 1 rejected + 0 totals"
    assert equation in words(app)
    app = press_load(app)
    assert equation in words(app)
    assert "uploads_load" not in {button.key for button in app.button}
    app.button(key="results_history").click().run()
    assert "Nothing was loaded yet." not in words(app)
    assert app.dataframe[0].value["file"].tolist() == ["orders.csv"]


def test_a_file_nobody_knows_is_explained(database: str) -> None:
    app = drop(open_app("data"), "diary.csv", b"dear,diary\n1,2\n")
    assert not app.exception
    assert app.warning or app.error
    assert "uploads_load" not in {button.key for button in app.button}


def test_a_table_can_be_read_as_another_export(database: str) -> None:
    app = drop(open_app("data"), "orders.csv", ORDERS)
    (choice,) = [box for box in app.selectbox if (box.key or "").startswith("layout_")]
    assert choice.value == "own_orders"  # as it was recognised
    assert len(choice.options) == len(layouts())
    choice.select("own_stock").run()
    assert not app.exception
    # Orders have no SKU and no stock, so as a stock list the table is refused, and why is said.
    assert "Stock list (our template)" in app.warning[0].value
    assert "uploads_load" not in {button.key for button in app.button}
    app.selectbox(key=choice.key).select("own_orders").run()
    assert not app.warning
    assert "uploads_load" in {button.key for button in app.button}


def test_the_history_says_remarks_in_sentences_and_keeps_codes_it_does_not_know() -> None:
    issues = pd.DataFrame(
        {
            "severity": ["error", "info"],
            "code": ["BAD_NUMBER", "OF_OLD"],
            "sheet_name": ["", ""],
            "column_name": ["paid_amount", ""],
            "cell": ["E3", None],
            "raw_value": ["fifty", ""],
            "source_row": [3, 0],
            "occurrences": [1, 1],
        }
    )
    shown = remark_table(issues).frame
    assert [str(cell) for cell in shown["severity"]] == ["rejected", "note"]
    assert [str(cell) for cell in shown["text"]] == ["This is not a number.", "OF_OLD"]
    assert str(shown["remedy"][0]).startswith("Correct the cell")
    assert str(shown["allowed"][0]).startswith("A number")
    assert shown["cell"].tolist() == ["E3", ""]


def test_what_is_dropped_in_private_never_reaches_the_team(database: str) -> None:
    app = drop(open_app("data", store="private"), "orders.csv", ORDERS)
    app = press_load(app)
    assert "1 new" in words(app)
    app.button(key="results_history").click().run()
    assert app.dataframe[0].value["file"].tolist() == ["orders.csv"]
    app.selectbox(key="store.en").select("team").run()
    assert "Nothing was loaded yet." in words(app)


def test_an_empty_store_offers_the_demo_shop_and_a_filled_one_does_not(filled: str) -> None:
    assert "demo_load" not in {button.key for button in open_app("data").button}
    private = open_app("data", store="private")
    assert "demo_load" in {button.key for button in private.button}


def test_settings_are_saved_for_everybody(database: str) -> None:
    app = open_app("settings")
    app.number_input(key="setting_roas_target.en").set_value(4.5)
    app.text_input(key="setting_currency.en").set_value("cny")
    app.button[-1].click().run()
    assert not app.exception
    assert "Saved" in words(app)
    with open_store(database) as store:
        assert store.settings.roas_target == 4.5
        assert store.settings.currency == "CNY"


def test_brand_words_are_typed_between_commas_and_shown_again(database: str) -> None:
    app = open_app("settings")
    app.text_input(key="setting_brand_words.en").set_value("Lumen，流明")
    app.button[-1].click().run()
    assert not app.exception
    with open_store(database) as store:
        assert store.settings.brand_words == ("Lumen", "流明")
    again = open_app("settings", lang="zh_CN")
    assert again.text_input(key="setting_brand_words.zh_CN").value == "Lumen, 流明"
    again.text_input(key="setting_brand_words.zh_CN").set_value("x")
    again.button[-1].click().run()
    assert "“x”不能作为品牌词" in again.error[0].value


def test_a_setting_out_of_range_is_explained_and_not_saved(database: str) -> None:
    app = open_app("settings")
    app.number_input(key="setting_service_level.en").set_value(0.2)
    app.button[-1].click().run()
    assert "The service level can't be 0.2" in app.error[0].value
    assert "Use a share from 0.5" in app.error[0].value


def test_a_shop_name_of_any_script_makes_a_key() -> None:
    assert shop_id_from("Lumen Tmall flagship!") == "lumen-tmall-flagship"
    assert shop_id_from(" 流明 旗舰店 ") == "流明-旗舰店"
    assert shop_id_from("…") == ""
