"""The retention page's report over rows that can be added up by hand, and over a real shop."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ecom.analysis.retention import RetentionReport, report
from ecom.errors import InvalidParameter
from ecom.export.jsonable import to_jsonable
from ecom.i18n import LANGUAGES, Language
from ecom.ingest import import_files
from ecom.model import Comparison, Period, Scope
from ecom.models.rfm import TIERS
from ecom.store import Shop, Store

pytestmark = pytest.mark.every_engine

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))

# customer, day of payment, amount. Three months; the data ends on 20 March.
SALES = [
    ("a", date(2026, 1, 5), 100),
    ("a", date(2026, 1, 5), 50),  # same day: no return
    ("a", date(2026, 2, 4), 30),  # 30 days after the first
    ("a", date(2026, 3, 6), 20),
    ("b", date(2026, 1, 31), 10),
    ("b", date(2026, 3, 1), 40),  # 29 days after
    ("c", date(2026, 1, 20), 60),
    ("d", date(2026, 2, 10), 70),
    ("d", date(2026, 3, 2), 80),  # 20 days after
    ("e", date(2026, 3, 20), 90),
    (None, date(2026, 3, 3), 500),
]


@pytest.fixture
def shop(store: Store, load: Callable[..., Any]) -> Store:
    load(
        store,
        "orders",
        [
            {
                "order_id": str(number),
                "kind": "sale",
                "status": "completed",
                "customer_key": who,
                "paid_date": day,
                "paid_at": datetime(day.year, day.month, day.day),
                "paid_amount": float(amount),
                "channel": "live" if who in ("b", "d") else "shelf",
            }
            for number, (who, day, amount) in enumerate(SALES)
        ],
    )
    return store


def _values(answer: RetentionReport) -> dict[str, float | None]:
    return {kpi.metric: kpi.delta.value for kpi in answer.kpis}


def test_key_figures_speak_of_the_period(shop: Store) -> None:
    answer = report(shop, Scope(period=MARCH))
    # March: a, b, d had bought before, e is new; 4 orders of 20 + 40 + 80 + 90.
    assert _values(answer) == {
        "buyers": 4,
        "repeat_rate": 0.75,
        "new_buyers": 1,
        "orders_per_buyer": 1,
        "revenue_per_buyer": 230 / 4,
        "active_customers": 5,
    }


def test_comparison_is_like_for_like(shop: Store) -> None:
    answer = report(shop, Scope(period=MARCH, comparison=Comparison.PREVIOUS))
    # Up to 20 March against 1 to 20 February: a (bought before) and d (new).
    assert answer.header.base == Period(date(2026, 2, 1), date(2026, 2, 20))
    base = {kpi.metric: kpi.delta.base for kpi in answer.kpis}
    assert (base["buyers"], base["new_buyers"], base["repeat_rate"]) == (2, 1, 0.5)


def test_sparklines_have_a_point_a_day(shop: Store) -> None:
    answer = report(shop, Scope(period=MARCH))
    points = {kpi.metric: dict(kpi.points) for kpi in answer.kpis}
    assert len(points["buyers"]) == 20
    assert points["new_buyers"][date(2026, 3, 20)] == 1
    assert points["active_customers"][date(2026, 3, 1)] == 4


def test_cohorts_leave_unfinished_months_out_of_the_mean(shop: Store) -> None:
    answer = report(shop, Scope(period=MARCH))
    cohorts = answer.cohorts.frame.set_index("cohort")
    assert cohorts["size"].to_dict() == {
        date(2026, 1, 1): 3,
        date(2026, 2, 1): 1,
        date(2026, 3, 1): 1,
    }
    # January (a, b, c): in February a; in March a and b. February (d): in March d.
    assert cohorts.loc[date(2026, 1, 1), ["offset_1", "offset_2"]].tolist() == [1 / 3, 2 / 3]
    assert cohorts.loc[date(2026, 2, 1), "offset_1"] == 1
    cells = answer.cells.frame.set_index(["cohort", "offset"])["is_complete"]
    assert cells[date(2026, 1, 1), 1]
    assert not cells[date(2026, 1, 1), 2]
    assert not cells[date(2026, 2, 1), 1]
    mean = answer.mean.frame.set_index("offset")
    assert mean.loc[1].tolist() == [1 / 3, 3]  # January alone is finished
    assert 2 not in mean.index


def test_the_table_can_show_money_per_member(shop: Store) -> None:
    answer = report(shop, Scope(period=MARCH), measure="revenue")
    january = answer.cohorts.frame.iloc[0]
    # 100 + 50 + 10 + 60 in January, 30 in February, 20 + 40 in March, over three members.
    assert january[["offset_0", "offset_1", "offset_2"]].tolist() == [220 / 3, 10, 20]


def test_weekly_cohorts_start_on_the_weekday_of_the_settings(shop: Store) -> None:
    shop.save_settings(shop.settings.with_values(week_start="sunday"))
    answer = report(shop, Scope(period=MARCH), grain="week")
    assert answer.cohorts.frame["cohort"].iloc[-1] == date(2026, 3, 15)  # a Sunday


def test_early_repeat_waits_until_the_whole_month_is_old_enough(shop: Store) -> None:
    repeat = report(shop, Scope(period=MARCH)).repeat.frame.set_index("month")
    # January's youngest could wait 30 days until 2 March: a after 30, b after 29, c never.
    assert repeat.loc[date(2026, 1, 1), "within_30"] == 2 / 3
    # 60 days after 31 January is past 20 March; so is 30 days after 28 February.
    assert math.isnan(repeat.loc[date(2026, 1, 1), "within_60"])
    assert math.isnan(repeat.loc[date(2026, 2, 1), "within_30"])


def test_median_wait_is_that_of_those_who_came_back(shop: Store) -> None:
    assert report(shop, Scope(period=MARCH)).median_days == 29  # 20, 29, 30


def test_tiers_partition_customers_and_revenue(shop: Store) -> None:
    tiers = report(shop, Scope(period=MARCH)).tiers.frame
    assert tiers["tier"].tolist() == [tier.label for tier in TIERS]
    assert tiers["customers"].sum() == 5
    assert tiers["revenue"].sum() == 550  # all but the order without a customer
    assert tiers["customer_share"].sum() == pytest.approx(1)
    assert tiers["revenue_share"].sum() == pytest.approx(1)


def test_revenue_is_split_into_new_returning_and_unknown(shop: Store) -> None:
    revenue = report(shop, Scope(period=MARCH)).revenue.frame.set_index("period")
    assert revenue.loc[date(2026, 1, 1), ["new", "returning", "unknown"]].tolist() == [220, 0, 0]
    assert revenue.loc[date(2026, 2, 1), ["new", "returning", "unknown"]].tolist() == [70, 30, 0]
    march = revenue.loc[date(2026, 3, 1)]
    assert march[["new", "returning", "unknown"]].tolist() == [90, 140, 500]
    assert march["returning_share"] == pytest.approx(140 / 230)
    assert not march["is_complete"]


def test_what_is_left_out_is_said(shop: Store) -> None:
    answer = report(shop, Scope(period=MARCH, categories=("lamps",), channels=("live",)))
    words = " ".join(Language().say(notice.text) for notice in answer.notices)
    assert "category filter" in words
    assert "first order passes" in words
    assert "begins on 5 Jan 2026" in words
    everything = report(shop, Scope(period=MARCH))
    assert "1 paid orders" in Language().say(everything.notices[0].text)


def test_the_headline_says_the_numbers(shop: Store) -> None:
    sentence = Language().say(report(shop, Scope(period=MARCH)).headline)
    assert sentence.startswith("75.0% of 4 buyers bought again or had bought before; 1 are new.")


def test_an_empty_store_says_which_exports_would_help(store: Store) -> None:
    answer = report(store, Scope())
    assert set(_values(answer).values()) == {None}
    assert "own_orders" in answer.gaps[0].layouts
    assert answer.tiers.is_empty
    assert answer.cohorts.is_empty


def test_orders_without_customers_alone_are_a_gap_too(
    store: Store, load: Callable[..., Any]
) -> None:
    order = {"order_id": "1", "kind": "sale", "status": "paid", "paid_amount": 5.0}
    load(store, "orders", [{**order, "paid_date": date(2026, 3, 1)}])
    answer = report(store, Scope(period=MARCH))
    assert answer.gaps
    assert answer.revenue.frame["unknown"].tolist() == [5]


@pytest.mark.parametrize("options", [{}, {"grain": "week", "measure": "revenue"}])
def test_a_report_is_plain_values(shop: Store, store: Store, options: dict[str, str]) -> None:
    for scope in (Scope(period=MARCH), Scope(period=MARCH, shops=("nobody",))):
        answer = json.loads(json.dumps(to_jsonable(report(shop, scope, **options))))
        assert set(answer) >= {"headline", "kpis", "cohorts", "tiers", "revenue"}


@pytest.mark.parametrize("options", [{"grain": "day"}, {"measure": "orders"}])
def test_unknown_options_are_refused_with_the_allowed_ones(
    store: Store, options: dict[str, str]
) -> None:
    with pytest.raises(InvalidParameter, match="Allowed"):
        report(store, Scope(), **options)


@pytest.mark.slow
def test_a_real_shop_has_the_known_cohort(store: Store, shared_dir: Path) -> None:
    """UCI Online Retail: those who first bought in December 2010, month by month."""
    (outcome,) = import_files(store, [shared_dir / "data/online_retail/online_retail.xlsx"])
    assert outcome.problem is None
    answer = report(store, Scope(period=Period(date(2011, 12, 1), date(2011, 12, 31))))
    cells = answer.cells.frame
    first = cells[cells["cohort"] == date(2010, 12, 1)]
    assert first["customers"].tolist() == [
        885, 324, 286, 340, 321, 352, 321, 309, 313, 350, 331, 445, 235,
    ]  # fmt: skip
    # The data ends on 9 December 2011.
    assert first["is_complete"].tolist() == [True] * 12 + [False]
    assert answer.tiers.frame["customers"].sum() == 4_338
    assert answer.tiers.frame["revenue"].sum() == pytest.approx(8_911_407.904)


@pytest.mark.slow
def test_a_known_panel_repeats_as_published(store: Store, shared_dir: Path, tmp_path: Path) -> None:
    """CDNOW: 23,570 customers who first bought in the first quarter of 1997."""
    source = shared_dir / "data/cdnow"
    lines = (source / "CDNOW_master.txt").read_text().splitlines()[1:]
    rows = [line.split() for line in lines if line.strip()]
    days = [datetime.strptime(row[1], "%Y%m%d").date() for row in rows]
    # Dates before 2000 are refused at the door, so the panel moves by whole years, 1997 to 2025.
    header = "order_id,created_at,paid_at,status,customer_id,paid_amount,currency"
    body = [
        f"{number},{_moved(day)},{_moved(day)},paid,{row[0]},{row[3]},USD"
        for number, (row, day) in enumerate(zip(rows, days, strict=True))
    ]
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([header, *body]) + "\n")
    (outcome,) = import_files(store, [path], shop=Shop("cdnow", currency="USD"))
    assert outcome.problem is None
    answer = report(store, Scope(period=Period(date(2026, 6, 1), date(2026, 6, 30))))
    assert answer.tiers.frame["customers"].sum() == 23_570
    assert answer.tiers.frame["revenue"].sum() == pytest.approx(2_500_315.63)
    assert _by_hand_after_90_days(rows, days) == pytest.approx(
        answer.second_order.frame.set_index("days")["share"][90]
    )


def _moved(day: date) -> str:
    return f"{day + timedelta(365 * 28 + 7)} 12:00:00"


def _by_hand_after_90_days(rows: list[list[str]], days: list[date]) -> float:
    """Everyone is watched for over a year, so the share is a plain count."""
    visits: dict[str, set[date]] = {}
    for row, day in zip(rows, days, strict=True):
        visits.setdefault(row[0], set()).add(day)
    soon = sum(any(0 < (day - min(mine)).days <= 90 for day in mine) for mine in visits.values())
    return soon / len(visits)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_words_can_be_said_in_every_language(shop: Store, code: str) -> None:
    answer = report(shop, Scope(period=MARCH))
    for text in (answer.headline, *(notice.text for notice in answer.notices)):
        assert "{" not in Language(code).say(text)
