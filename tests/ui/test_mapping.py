"""A table nobody knows is mapped on the screen once, and known from then on."""

from __future__ import annotations

from datetime import date
from typing import Any

from ecom.store import open_store
from tests.ui.conftest import open_app, words
from tests.ui.test_workplace import drop, press_load

FILE = (
    "订单流水号码,成交日,买家手机,实付,订单状态\n"
    "A1,2026-03-01,13800001111,40.00,已付款\n"
    "A2,2026-03-02,13800002222,60.00,拼团中\n"
).encode()


def _key(app: Any, start: str, end: str = "") -> str:
    keys = [w.key for kind in (app.toggle, app.selectbox, app.button, app.text_input) for w in kind]
    (key,) = [k for k in keys if k and k.startswith(start) and k.endswith(end)]
    return key


def _opened() -> Any:
    app = drop(open_app("data"), "shop.csv", FILE)
    return app.toggle(key=_key(app, "by_hand_")).set_value(True).run()


def test_a_mapping_is_taught_once_and_the_next_file_is_known(database: str) -> None:
    app = _opened()
    assert not app.exception
    said = words(app)
    assert "the name means “Paid amount”" in said  # 实付
    assert "2 rows read = 2 new" in said  # the preview accounts for both rows
    assert "13800001111" not in said
    asked = {box.label for box in app.selectbox}
    assert "What does the status “拼团中” mean?" in asked
    app.selectbox(key=_key(app, "map_", "_ask_status:拼团中")).select("unpaid").run()
    app.text_input(key=_key(app, "map_", "_title")).set_value("Corner shop").run()
    app.button(key=_key(app, "map_", "_use")).click().run()
    assert not app.exception
    assert "Recognised as Corner shop (all columns known" in words(app)
    app = press_load(app)
    with open_store(database) as store:
        (taught,) = store.mappings()
        assert taught.title == "Corner shop"
        assert set(store.batches()["layout_id"]) == {"taught_1"}


def test_another_kind_of_table_is_guessed_anew(database: str) -> None:
    app = _opened()
    app.selectbox(key=_key(app, "map_", "_grain")).select("payments").run()
    assert not app.exception
    # Payments need their own number and an amount; the file's first column is an order's number.
    assert "“Payments” needs a column for “Payment number”" in words(app)


def test_the_list_shows_what_was_taught(database: str) -> None:
    app = _opened()
    app.text_input(key=_key(app, "map_", "_title")).set_value("Corner shop").run()
    app.button(key=_key(app, "map_", "_use")).click().run()
    app = open_app("data", data_part="mappings")
    assert not app.exception
    assert "Choose a row to change, share or delete it." in words(app)
    assert "Corner shop" in app.dataframe[0].value.to_string()


VISITS = "渠道,访客数,浏览次数\n直播,10,20\n搜索,30,40\n".encode()


def test_days_that_no_column_says_are_asked_for_once(database: str) -> None:
    app = drop(open_app("data"), "visits.csv", VISITS)
    app = app.toggle(key=_key(app, "by_hand_")).set_value(True).run()
    assert "no file name says which days" in words(app)  # the preview
    app.text_input(key=_key(app, "map_", "_title")).set_value("Visits").run()
    app.button(key=_key(app, "map_", "_use")).click().run()
    (days,) = app.date_input
    app = days.set_value((date(2026, 3, 1), date(2026, 3, 31))).run()
    assert not app.exception
    assert "2 rows read = 2 new" in words(app)
    app = press_load(app)
    with open_store(database) as store:
        (batch,) = store.batches().to_dict("records")
    assert (batch["period_start"].date(), batch["period_end"].date()) == (
        date(2026, 3, 1),
        date(2026, 3, 31),
    )
