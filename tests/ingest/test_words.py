"""A platform's words become ours."""

from __future__ import annotations

import pytest

from ecom.ingest.cells.words import in_our_words

from .conftest import Look, codes, rows_of

MEANINGS = {"已发货，待签收": "shipped", "Paid": "paid", "(删除)*": "deleted", "*": "other"}


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("已发货，待签收", "shipped"),
        ("已发货,待签收", "shipped"),
        ("PAID", "paid"),
        ("(删除)完成", "deleted"),
        ("没见过的", "other"),
        (None, None),
    ],
)
def test_width_of_commas_and_case_make_no_difference(word: str | None, meaning: str | None) -> None:
    assert in_our_words([word], MEANINGS) == [meaning]


def test_a_word_without_meaning_has_none() -> None:
    assert in_our_words(["没见过的"], {"Paid": "paid"}) == [None]


def test_an_unknown_kind_of_refund_is_said(look: Look) -> None:
    table = look(
        "售后单号,订单号,退商品金额（元）,售后状态,售后类型,售后申请时间\n"
        "1,11,5.00,退款成功,仅退款,2026-08-01 10:00:00\n"
        "2,12,6.00,退款成功,没见过的,2026-08-01 10:00:00\n"
    )
    assert [row["refund_type"] for row in rows_of(table)] == ["refund_only", "unknown"]
    assert "UNKNOWN_WORD" in codes(table)
