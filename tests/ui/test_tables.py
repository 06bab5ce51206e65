"""Tables as the screen shows them: in the reader's words, nothing empty, nothing cut."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from ecom.analysis.base import Column, Table, words
from ecom.i18n import Language
from ecom.model import Amount, Grain, Unit
from ecom.ui.tables import column_config, height_of, shown_frame, visible

ENGLISH, CHINESE = Language("en"), Language("zh_CN")


def table(column: Column, *cells: object) -> Table:
    return Table.make(pd.DataFrame({column.key: pd.Series(cells)}), column)


def configured(shown: Table, language: Language) -> dict[str, Any]:
    return column_config(shown, shown_frame(shown, language), language, "")


@pytest.mark.parametrize(("language", "shown"), [(ENGLISH, "Direct"), (CHINESE, "直接访问")])
def test_a_name_that_is_a_term_is_shown_in_the_readers_language(language, shown) -> None:
    channels = table(Column("channel", "Channel", terms=True), "Direct", "自定义渠道")
    assert list(shown_frame(channels, language)["channel"]) == [shown, "自定义渠道"]


def test_a_product_called_like_a_term_keeps_its_name() -> None:
    products = table(Column("product", "Product"), "Direct")
    assert list(shown_frame(products, CHINESE)["product"]) == ["Direct"]


def test_a_day_that_stands_for_its_month_is_shown_as_a_month() -> None:
    days = words([date(2026, 11, 1)])
    months = table(Column("month", "Month", grain=Grain.MONTH), *days)
    assert list(shown_frame(months, ENGLISH)["month"]) == ["2026-11"]


def test_what_rounds_to_nothing_has_no_sign() -> None:
    shares = table(Column("share", "Share", Unit.RATIO), -0.0004, -0.0006)
    # In percent with one digit: -0.04 is 0.0, -0.06 is -0.1.
    assert [str(cell) for cell in shown_frame(shares, ENGLISH)["share"]] == ["0.0", "-0.1"]


def test_a_difference_of_shares_is_shown_in_points() -> None:
    points = table(Column("change", "Change", Unit.POINTS), 0.021)
    shown = shown_frame(points, ENGLISH)
    assert shown["change"].tolist() == pytest.approx([2.1])
    assert (
        column_config(points, shown, ENGLISH, "")["change"]["type_config"]["format"] == "%+.2f pp"
    )


def test_columns_that_say_nothing_are_left_out_but_never_the_first() -> None:
    frame = pd.DataFrame(
        {"sku": ["", ""], "price": [float("nan")] * 2, "note": ["", None], "units": [0, 0]}
    )
    columns = [
        Column("sku", "SKU"),
        Column("price", "Price", Unit.MONEY),
        Column("note", "Note"),
        Column("units", "Units", Unit.COUNT),
    ]
    said = visible(Table.make(frame, *columns))
    assert [column.key for column in said.columns] == ["sku", "units"]


def test_a_column_is_as_wide_as_its_longest_name_even_far_below() -> None:
    short = table(Column("name", "Name"), *["a"] * 50)
    long = table(Column("name", "Name"), *["a"] * 50, "the name of a long product")
    width = {
        len(names.frame): configured(names, ENGLISH)["name"]["width"] for names in (short, long)
    }
    assert width[51] > 2 * width[50]


def test_amounts_stand_on_the_right_like_numbers() -> None:
    amounts = table(Column("target", "Target"), *words([Amount(5.0, Unit.MONEY, "CNY")]))
    assert configured(amounts, ENGLISH)["target"]["alignment"] == "right"


def test_days_are_written_as_the_language_does() -> None:
    days = table(Column("day", "Day"), *words([date(2026, 3, 1)]))
    for language, pattern in ((ENGLISH, "D MMM YYYY"), (CHINESE, "YYYY年M月D日")):
        config = configured(days, language)["day"]
        assert config["type_config"]["format"] == pattern


def test_a_long_table_scrolls_and_a_short_one_is_as_high_as_its_rows() -> None:
    assert height_of(3) == "content"
    # A header of 35 pixels, twelve rows of 35 and half a row that says there is more.
    assert height_of(100) == 35 + 12.5 * 35 // 1
