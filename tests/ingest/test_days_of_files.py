"""Where a file's days come from when its rows hold none."""

from __future__ import annotations

from datetime import date

import pytest

from .conftest import Look, codes, rows_of

CREATIVES = (
    "素材名称,素材ID,整体消耗,净成交ROI,净成交金额,整体成交金额\n测试,73001,300,3,900,1000\n"
)


def test_spend_without_a_day_is_refused_with_a_sentence(look: Look) -> None:
    table = look(CREATIVES, "素材报表.csv")
    assert table.staged is None
    assert "which days" in str(table.problem)
    assert "report_2026-01-31.csv" in str(table.remedy)


def test_the_moment_of_export_is_not_the_day_of_spend(look: Look) -> None:
    assert look(CREATIVES, "素材报表_20260801_101500.csv").staged is None


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("素材报表_2026-06-03.csv", date(2026, 6, 3), date(2026, 6, 3)),
        ("素材报表_20260603-20260605.csv", date(2026, 6, 3), date(2026, 6, 5)),
        ("素材报表_2026-06-03_20260604_101500.csv", date(2026, 6, 3), date(2026, 6, 3)),
    ],
)
def test_a_name_may_say_the_days(look: Look, name: str, first: date, last: date) -> None:
    (row,) = rows_of(look(CREATIVES, name))
    assert (row["period_start"], row["period_end"]) == (first, last)


def test_a_plan_report_without_its_day_column_names_it(look: Look) -> None:
    table = look("计划ID,计划名称,花费,展现量,点击量\n5001,甲,10,100,5\n", "计划报表.csv")
    assert table.layout is None
    assert "日期" in str(table.problem)


def test_an_export_at_its_row_limit_says_so(look: Look) -> None:
    head = "笔记标题,首次发布时间,曝光,观看量\n"
    notes = [f"笔记{number},2026-05-19,10,1\n" for number in range(1000)]
    assert "ROW_CAP" in codes(look(head + "".join(notes), "笔记_2026-06-01.csv"))
    assert "ROW_CAP" not in codes(look(head + "".join(notes[:999]), "笔记_2026-06-01.csv"))


@pytest.mark.parametrize("lines", range(8))
def test_lines_above_the_header_may_be_as_many_as_they_like(look: Look, lines: int) -> None:
    above = "".join(f"说明 {number},,\n" for number in range(lines))
    table = look(above + "来源名称,访客数,支付买家数\n台灯,12,3\n", "关键词_2026-07-30.csv")
    assert table.header_row == lines + 1
    assert [row["uv"] for row in rows_of(table)] == [12]
