"""Subtotals of a channel tree check the rows they sum up."""

from __future__ import annotations

from .conftest import Look, codes, rows_of

HEAD = "统计日期,流量载体,一级来源,二级来源,三级来源,访客数,支付买家数\n"


def _rows(*lines: str) -> str:
    return HEAD + "".join(f"2026-07-01,全店,{line}\n" for line in lines)


def test_parts_may_be_more_than_their_subtotal_but_not_less(look: Look) -> None:
    # 60 + 50 visitors came by two channels, 100 of them are different people
    sound = look(_rows("平台,汇总,汇总,100,9", "平台,搜索,-,60,5", "平台,推荐,-,50,4"))
    assert [row["is_rollup"] for row in rows_of(sound)] == [True, False, False]
    assert "ROLLUP_DISAGREES" not in codes(sound)
    short = look(_rows("平台,汇总,汇总,100,9", "平台,搜索,-,60,9"))
    (remark,) = (one for one in short.findings if one.code == "ROLLUP_DISAGREES")
    assert (remark.column, remark.value, remark.rows) == ("访客数", "100", (2,))


def test_a_subtotal_of_the_second_level_is_checked_against_the_third(look: Look) -> None:
    table = look(
        _rows(
            "平台,汇总,汇总,100,9",  # parts 70 + 40
            "平台,广告,汇总,80,5",  # parts 70: one is missing
            "平台,广告,直投,70,5",
            "平台,推荐,-,40,4",
        )
    )
    assert [row["is_rollup"] for row in rows_of(table)] == [True, True, False, False]
    (remark,) = (one for one in table.findings if one.code == "ROLLUP_DISAGREES")
    assert remark.rows == (3,)


def test_days_are_checked_apart(look: Look) -> None:
    table = look(
        _rows("平台,汇总,汇总,100,9", "平台,搜索,-,100,9")
        + "2026-07-02,全店,平台,汇总,汇总,300,9\n2026-07-02,全店,平台,搜索,-,300,9\n"
    )
    assert "ROLLUP_DISAGREES" not in codes(table)
