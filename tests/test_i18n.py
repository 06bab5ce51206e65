"""How numbers, changes and names are written in each language."""

from __future__ import annotations

import pytest

from ecom.i18n import Language
from ecom.model import Delta, Unit
from ecom.text import message

ENGLISH, CHINESE = Language("en"), Language("zh_CN")


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (9_999, "9,999", "9,999"),
        (11_600, "11.6K", "1.16万"),
        (123_456, "123.5K", "12.3万"),
        (1_694_000, "1.69M", "169.4万"),
        (169_400_000, "169.4M", "1.69亿"),
    ],
)
def test_a_large_number_is_shortened_to_what_it_says(value, english, chinese) -> None:
    assert ENGLISH.number(value) == english
    assert CHINESE.number(value) == chinese


@pytest.mark.parametrize(
    ("value", "said"), [(1.5, "1.50"), (99.9, "99.90"), (471.3, "471"), (-1_234.5, "-1,234")]
)
def test_a_decimal_has_digits_as_long_as_they_say_something(value: float, said: str) -> None:
    assert ENGLISH.number(value, Unit.NUMBER) == said


def test_a_change_too_small_to_show_has_no_sign() -> None:
    assert ENGLISH.change(Delta(0.1001, 0.1003), Unit.RATIO) == "0.0 pp"
    assert ENGLISH.change(Delta(10_001.0, 10_000.0), Unit.COUNT) == "0.0%"
    assert ENGLISH.change(Delta(0.11, 0.12), Unit.RATIO) == "-1.0 pp"


def test_a_small_chance_is_not_written_as_none() -> None:
    said = [ENGLISH.number(chance, Unit.CHANCE) for chance in (0.7, 0.0923, 0.00000012)]
    assert said == ["0.7", "0.092", "1.2e-07"]


def test_a_difference_of_shares_is_said_in_points() -> None:
    said = [ENGLISH.number(points, Unit.POINTS) for points in (0.0213, -0.005, 0.000001, 0.25)]
    assert said == ["+2.13 pp", "-0.50 pp", "0.00 pp", "+25.0 pp"]


def test_canonical_names_are_translated_and_others_are_data() -> None:
    assert CHINESE.term("Paid Search") == "付费搜索"
    assert CHINESE.term("千川") == "千川"
    assert ENGLISH.term("mobile") == "Mobile"
    assert CHINESE.term(message("Other")) == "其他"
