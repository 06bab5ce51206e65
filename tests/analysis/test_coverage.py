"""What is known of each day: rows, nothing happened, only in a sum, nothing was loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from ecom.analysis.coverage import CoverageReport, coverage
from ecom.i18n import Language
from ecom.model import Period
from ecom.store import Staged, Store
from ecom.text import Text
from tests.conftest import stage

ENGLISH = Language("en")


def day(number: int) -> date:
    return date(2026, 3, number)


def orders(*days: int, name: str = "o") -> list[dict[str, Any]]:
    return [
        {"order_id": f"{name}{number}", "kind": "sale", "status": "paid", "order_date": day(number)}
        for number in days
    ]


def spend(*spans: tuple[int, int]) -> list[dict[str, Any]]:
    return [
        {"ad_platform": "x", "level": "campaign", "spend": 1.0,
         "period_start": day(first), "period_end": day(last)}
        for first, last in spans
    ]  # fmt: skip


def of_period(staged: Staged, first: int, last: int) -> Staged:
    """The same file, which says of itself that it is of these days."""
    return replace(staged, period_start=day(first), period_end=day(last))


def states(report: CoverageReport, subject: str) -> str:
    """One letter a day: R(ows), W(hole), Q(uiet), B(etween), M(issing)."""
    (line,) = [n for n, one in enumerate(report.lines) if one.subject == subject]
    return "".join(report.days.loc[report.days["line"] == line, "state"].str[0].str.upper())


def gaps(report: CoverageReport) -> list[tuple[str, Period, int, str]]:
    frame = report.gaps.frame
    return [
        (ENGLISH.say(source), period, days, str(kind))
        for source, period, days, kind in frame[["source", "period", "days", "kind"]].itertuples(
            index=False, name=None
        )
    ]


def test_an_empty_store_covers_nothing(store: Store) -> None:
    report = coverage(store)
    assert str(report.headline) == "Nothing is loaded yet."
    assert report.newest is None
    assert report.sources.is_empty
    assert report.gaps.is_empty
    assert report.overlaps.is_empty


def test_a_file_that_spans_a_day_says_that_nothing_happened(store: Store) -> None:
    # One file of 1-6 March with orders on 2 and 4; one of 9-10 with an order on 10.
    store.load(of_period(stage("orders", orders(2, 4)), 1, 6))
    store.load(of_period(stage("orders", orders(10)), 9, 10))
    report = coverage(store)
    assert states(report, "orders") == "QRQRQQMMQR"
    assert gaps(report) == [("Order lists", Period(day(7), day(8)), 2, "in between")]
    assert str(report.headline) == (
        "Missing days: 2, in gaps: 1. Sources that end before 2026-03-10: 0 of 1."
    )
    (row,) = report.sources.frame.to_dict("records")
    assert (row["first_day"], row["last_day"]) == (day(1), day(10))
    assert (row["missing_days"], row["quiet_days"], row["rows"]) == (2, 5, 3)


def test_a_row_of_several_days_covers_them_only_as_a_whole(store: Store) -> None:
    store.load(stage("ad_spend", spend((1, 1), (2, 4), (5, 5))))
    report = coverage(store)
    assert states(report, "ads") == "RWWWR"
    assert report.sources.frame["whole_days"].tolist() == [3]


def test_days_of_several_files_name_the_one_that_counts(store: Store) -> None:
    first, second = spend((1, 1), (2, 2), (3, 3)), spend((2, 2), (3, 3), (4, 4))
    store.load(stage("ad_spend", first, when=datetime(2026, 3, 10)))
    store.load(stage("ad_spend", second, when=datetime(2026, 3, 11)))
    report = coverage(store)
    (row,) = report.overlaps.frame.to_dict("records")
    assert (row["period"], row["days"]) == (Period(day(2), day(3)), 2)
    assert (row["batches"], row["current"]) == ("1, 2", "2")
    assert report.days["current_batch"].tolist() == [1, 2, 2, 2]
    assert report.days["batches"].tolist() == [1, 2, 2, 1]


def test_lists_that_come_now_and_then_lack_nothing_in_between(store: Store) -> None:
    # Lists on 1, 8, 15 and 30 March: a week apart, then fifteen days, more than twice a week.
    rows = [
        {"snapshot_date": day(number), "source": "erp", "warehouse": "w", "sku": "A", "on_hand": 1}
        for number in (1, 8, 15, 30)
    ]
    store.load(stage("inventory_snapshots", rows))
    report = coverage(store)
    assert states(report, "stock") == "R" + 2 * ("B" * 6 + "R") + "M" * 14 + "R"
    assert gaps(report) == [("Stock lists: w", Period(day(16), day(29)), 14, "in between")]


def test_a_source_that_ends_early_is_late_and_what_to_export_is_said(store: Store) -> None:
    late = replace(stage("orders", orders(1, 2)), layout_id="own_orders")
    store.load(late, stage("ad_spend", spend((1, 1))), stage("ad_spend", spend((5, 5))))
    report = coverage(store)
    by_source = report.sources.frame.set_index(report.sources.frame["source"].map(ENGLISH.say))
    assert by_source["days_late"].to_dict() == {
        "Order lists": 3,
        "Ad spend: x, by campaign": 0,
    }
    tail, inside = (row for row in report.gaps.frame.to_dict("records"))
    assert (tail["period"], str(tail["kind"])) == (Period(day(3), day(5)), "since its last day")
    assert tail["exports"].mapping["exports"] == (Text("Orders (our template)"),)
    # The ads came from a layout nobody knows, so every export that fills them is named.
    assert inside["period"] == Period(day(2), day(4))
    assert Text("Advertising (our template)") in inside["exports"].mapping["exports"]


def test_orders_without_their_lines_are_a_gap_of_the_lines(store: Store) -> None:
    store.load(stage("orders", orders(1, 2, 4)))
    lines = [{"order_id": name, "line_key": "a", "quantity": 1} for name in ("o1", "o4")]
    store.load(stage("order_items", lines))
    report = coverage(store)
    # The lines' file spans 1-4 March; of the order of the 2nd it lacks the lines.
    assert states(report, "order_lines") == "RMQR"
    assert states(report, "orders") == "RRQR"


def test_undoing_a_file_opens_its_days(store: Store) -> None:
    store.load(stage("orders", orders(1, 5)))
    (between,) = store.load(stage("orders", orders(2, 3, 4)))
    assert states(coverage(store), "orders") == "RRRRR"
    store.undo(between.batch_id)
    assert states(coverage(store), "orders") == "RQQQR"


def test_shops_and_sources_stand_apart(store: Store) -> None:
    rows = [
        {"source": source, "period_start": day(1), "period_end": day(1), "hour": -1, "grain": grain}
        for source, grain in (("sycm", "shop"), ("sycm", "channel"), ("ga4", "shop"))
    ]
    store.load(stage("traffic_agg", rows))
    found = [(line.source, line.grain) for line in coverage(store).lines]
    assert found == [("ga4", "shop"), ("sycm", "channel"), ("sycm", "shop")]


def test_every_day_up_to_the_newest_is_there_once(store: Store) -> None:
    store.load(stage("orders", orders(1, 9)), stage("ad_spend", spend((2, 4), (8, 8))))
    report = coverage(store)
    assert not report.days.duplicated(["line", "day"]).any()
    for line, group in report.days.groupby("line"):
        first = report.lines[int(line)].first
        assert list(group["day"]) == list(pd.date_range(first, pd.Timestamp(day(9))))
