"""The conversion page's report, on logs that can be added up by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ecom.analysis.funnel import FunnelReport, report
from ecom.charts import funnel as charts
from ecom.errors import InvalidParameter
from ecom.export.jsonable import to_jsonable
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import Batch, Shop, Store

pytestmark = pytest.mark.every_engine

Load = Callable[..., Batch]
SHOP = Shop("shop", "own", "The shop", "CNY", "UTC")
WAY = ("page_view", "view_item", "add_to_cart", "begin_checkout", "purchase")
WEEK = Period(date(2026, 3, 9), date(2026, 3, 15))
BEFORE = Period(date(2026, 3, 2), date(2026, 3, 8))
ENGLISH = Language("en")


def visit(who: str, day: date, far: int, **more: Any) -> list[dict[str, Any]]:
    """A visit at noon that makes the first ``far`` steps of ``WAY``, a minute apart."""
    return [
        {
            "event_id": f"{who}-{day}-{step}",
            "event_at": datetime(day.year, day.month, day.day, 12, step),
            "event_date": day,
            "event_name": WAY[step],
            "visitor_id": who,
            **more,
        }
        for step in range(far)
    ]


def crowd(day: date, name: str, *levels: int, **more: Any) -> list[dict[str, Any]]:
    """``levels[k]`` visitors who make exactly ``k + 1`` steps."""
    return [
        row
        for far, people in enumerate(levels, start=1)
        for number in range(people)
        for row in visit(f"{name}{far}.{number}", day, far, **more)
    ]


def traffic(day: date, grain: str, **counts: Any) -> dict[str, Any]:
    return {
        "source": "sycm",
        "period_start": day,
        "period_end": day,
        "hour": -1,
        "grain": grain,
        "is_rollup": False,
        **counts,
    }


def column(shown: FunnelReport, name: str) -> list[Any]:
    return shown.steps.frame[name].tolist()


def notes(shown: FunnelReport) -> str:
    return " ".join(str(notice.text) for notice in shown.notices)


def test_steps_are_counted_and_held_against_the_week_before(store: Store, load: Load) -> None:
    # Now, on Monday:     100 visit, 80 view, 40 cart, 20 checkout, 10 buy.
    # Before, on Monday:  100 visit, 80 view, 60 cart, 30 checkout, 15 buy.
    load(store, "events", crowd(WEEK.start, "n", 20, 40, 20, 10, 10), shop=SHOP)
    load(store, "events", crowd(BEFORE.start, "b", 20, 20, 30, 15, 15), shop=SHOP)
    load(store, "events", visit("late", date(2026, 3, 31), 1), shop=SHOP)
    shown = report(store, Scope(WEEK))
    assert column(shown, "people") == [100, 80, 40, 20, 10]
    assert column(shown, "base_people") == [100, 80, 60, 30, 15]
    assert column(shown, "lost")[1:] == [20, 40, 20, 10]
    assert column(shown, "from_first") == pytest.approx([1, 0.8, 0.4, 0.2, 0.1])
    assert column(shown, "from_previous")[1:] == pytest.approx([0.8, 0.5, 0.5, 0.5])
    # 40/80 against 60/80: 50 % - 75 %; pooled 100/160, z = -.25 / sqrt(.625 * .375 / 40) = -3.27
    assert column(shown, "change")[1:] == pytest.approx([0, -25, 0, 0])
    assert column(shown, "p")[2] == pytest.approx(math.erfc(3.26599 / math.sqrt(2)), rel=1e-4)
    assert [str(text) for text in column(shown, "verdict")] == [
        "",
        "Within chance",
        "Lower, more than chance",
        "Within chance",
        "Too few people to tell",  # 20 got as far as the checkout
    ]
    assert column(shown, "median_seconds")[1:] == pytest.approx([60] * 4)
    assert "“Added to cart” fell most: 50.0% of the step before, down from 75.0%" in ENGLISH.say(
        shown.headline
    )
    values = {one.metric: (one.delta.value, one.delta.base) for one in shown.kpis}
    assert values == {
        "funnel_entered": (100, 100),
        "funnel_conversion": pytest.approx((0.10, 0.15)),
        "cart_rate": pytest.approx((0.40, 0.60)),
        "cart_abandonment": pytest.approx((30 / 40, 45 / 60)),
    }
    assert dict(shown.kpis[0].points) == {
        WEEK.start + timedelta(days): 100 if days == 0 else 0 for days in range(7)
    }
    assert "Not finished" not in notes(shown)


def test_cart_and_checkout_may_be_skipped(store: Store, load: Load) -> None:
    # 60 visit, 50 view; of those 20 go step by step to the purchase, 20 buy at once.
    rows = crowd(WEEK.start, "n", 10, 30, 0, 0, 20)
    at_once = [f"n2.{number}" for number in range(20)]
    rows += [
        {**visit(who, WEEK.start, 5)[4], "event_id": f"{who} at once", "order_id": who}
        for who in at_once
    ]
    load(store, "events", rows, shop=SHOP)
    assert column(report(store, Scope(WEEK)), "people") == [60, 50, 20, 20, 20]
    shown = report(store, Scope(WEEK), way="shortcuts")
    assert column(shown, "people") == [60, 50, 20, 20, 40]
    assert column(shown, "from_previous")[1:] == pytest.approx([50 / 60, 0.4, 0.4, 0.8])
    lost = column(shown, "lost")
    assert (lost[1], lost[4]) == (10, 10)
    assert math.isnan(lost[2])
    assert math.isnan(lost[3])
    assert [ENGLISH.say(step) for step in column(shown, "step")][2:] == [
        "Added to cart (optional)",
        "Began checkout (optional)",
        "Purchased",
    ]
    assert "40 of 60 visitors reached “Purchased”" in ENGLISH.say(shown.headline)
    assert "some skip a step" not in notes(shown)
    assert "can’t be skipped" in notes(shown)
    assert [one.metric for one in shown.kpis] == [
        "funnel_entered", "funnel_conversion", "cart_rate",
    ]  # fmt: skip
    axis = charts.steps(shown, ENGLISH).figure.layout.yaxis.ticktext
    assert [words.split("<br>")[1] for words in axis[1:]] == [
        "83.3% went on", "40.0% took it", "40.0% took it", "80.0% went on",
    ]  # fmt: skip


def test_the_base_gets_no_more_time_to_convert_than_the_period(store: Store, load: Load) -> None:
    # Both on the last day; both buy two days later. The log ends one day after the period.
    rows = [
        *visit("now", WEEK.end, 4),
        *visit("then", BEFORE.end, 4),
        *visit("then", BEFORE.end + timedelta(2), 5),
        *visit("last", WEEK.end + timedelta(1), 1),
        *visit("old", BEFORE.start, 5),
    ]
    load(store, "events", rows, shop=SHOP)
    shown = report(store, Scope(WEEK))
    assert "Not finished" in notes(shown)
    # Before: "then" bought after the cut, "old" at once. Now: "then" came again and bought.
    assert column(shown, "base_people") == [2, 2, 2, 2, 1]
    assert column(shown, "people") == [2, 2, 2, 2, 1]
    assert shown.trend.frame["is_complete"].tolist() == [True, *[False] * 6]


def test_sessions_count_visits(store: Store, load: Load) -> None:
    # One person: views on Monday, buys on Wednesday in a visit of its own.
    rows = [*visit("u", WEEK.start, 2), *visit("u", WEEK.start + timedelta(2), 5)]
    load(store, "events", rows, shop=SHOP)
    assert column(report(store, Scope(WEEK)), "people") == [1, 1, 1, 1, 1]
    shown = report(store, Scope(WEEK), unit="session")
    assert column(shown, "people") == [2, 2, 1, 1, 1]
    assert "1 of 2 visits" in ENGLISH.say(shown.headline)


def test_the_breakdown_is_by_the_first_visit_and_adds_up(store: Store, load: Load) -> None:
    mobile, desktop = {"device": "mobile"}, {"device": "desktop"}
    rows = [
        *visit("a", WEEK.start, 1, **mobile),
        *visit("a", WEEK.start + timedelta(1), 5, **desktop),
        *visit("b", WEEK.start, 5, **desktop),
        *visit("c", WEEK.start, 1, **desktop),
        *visit("d", WEEK.start, 1),
        *visit("c", BEFORE.start, 1, **desktop),
    ]
    load(store, "events", rows, shop=SHOP)
    table = report(store, Scope(WEEK), by="device").breakdown.frame
    assert [str(value) for value in table["value"]] == ["desktop", "(none)", "mobile"]
    assert table["visit"].tolist() == [2, 1, 1]
    assert table["purchase"].tolist() == [1, 0, 1]
    assert table["conversion"].tolist() == [0.5, 0.0, 1.0]
    # c was here the week before.
    visitors = report(store, Scope(WEEK), by="visitor").breakdown.frame
    assert [str(value) for value in visitors["value"]] == ["New visitors", "Returning visitors"]
    assert visitors["visit"].tolist() == [3, 1]


def test_more_than_six_values_become_other_without_losing_anybody(store: Store, load: Load) -> None:
    rows = [
        row
        for number in range(8)
        for row in crowd(WEEK.start, f"d{number}-", 9 - number, 1, device=f"d{number}")
    ]
    load(store, "events", rows, shop=SHOP)
    table = report(store, Scope(WEEK), by="device").breakdown.frame
    assert [str(value) for value in table["value"]] == [*(f"d{n}" for n in range(6)), "Other"]
    # Entries are 10, 9, ... 3: the last two are 4 and 3.
    assert table["visit"].tolist() == [10, 9, 8, 7, 6, 5, 7]


def test_groups_are_tested_against_the_rest(store: Store, load: Load) -> None:
    rows = [
        *crowd(WEEK.start, "m", 180, 20, device="mobile"),
        *crowd(WEEK.start, "d", 100, 100, device="desktop"),
    ]
    load(store, "events", rows, shop=SHOP)
    shown = report(store, Scope(WEEK), by="device")
    cells = shown.contrasts.frame
    assert [str(value) for value in cells["verdict"]] == [
        "Higher, more than chance",
        "Lower, more than chance",
    ]
    assert cells[["share", "rest"]].to_numpy().tolist() == [[0.5, 0.1], [0.1, 0.5]]
    assert "“Mobile” is weak at “Viewed a product”" in charts.leaks(shown, ENGLISH).title


def test_filters_choose_the_visit_people_come_in_by(store: Store, load: Load) -> None:
    rows = [
        *visit("a", WEEK.start, 1, device="mobile"),
        *visit("a", WEEK.start + timedelta(1), 5, device="desktop"),
        *visit("b", WEEK.start, 5, device="desktop"),
    ]
    load(store, "events", rows, shop=SHOP)
    shown = report(store, Scope(WEEK, devices=("mobile",), categories=("Tea",)))
    assert column(shown, "people") == [1, 1, 1, 1, 1]
    assert "category filter does not apply" in notes(shown)


def test_a_shop_filter_leaves_the_other_shop_out(store: Store, load: Load) -> None:
    load(store, "events", visit("a", WEEK.start, 5), shop=SHOP)
    load(store, "events", visit("a", WEEK.start, 2), shop=Shop("two", currency="CNY"))
    both = report(store, Scope(WEEK))
    assert both.events == ("visit", "view_item")  # the only step both logs have
    assert "Began checkout" in notes(both)
    assert column(report(store, Scope(WEEK, shops=("two",))), "people") == [1, 1]


def test_buying_without_a_cart_is_shown_beside_the_order(store: Store, load: Load) -> None:
    # a: view, cart, buy; b and c: view, buy at once.
    rows = [
        event
        for who, steps in (("a", (0, 1, 2, 4)), ("b", (0, 1, 4)), ("c", (0, 1, 4)))
        for step, event in enumerate(visit(who, WEEK.start, 5))
        if step in steps
    ]
    load(store, "events", rows, shop=SHOP)
    shown = report(store, Scope(WEEK))
    assert shown.events == ("visit", "view_item", "add_to_cart", "purchase")
    assert column(shown, "people") == [3, 3, 1, 1]
    assert column(shown, "anyone") == [3, 3, 1, 3]
    assert "3 did “Purchased” at some time, more than did “Added to cart” (1)" in " ".join(
        ENGLISH.say(notice.text) for notice in shown.notices
    )


def test_an_empty_store_says_what_is_missing(store: Store) -> None:
    shown = report(store, Scope())
    assert all(one.delta.value is None for one in shown.kpis)
    assert shown.events == ()
    assert {layout for gap in shown.gaps for layout in gap.layouts} >= {"own_events", "own_traffic"}


def test_days_without_visits_are_empty_not_wrong(store: Store, load: Load) -> None:
    load(store, "events", visit("a", WEEK.start, 5), shop=SHOP)
    shown = report(store, Scope(Period(date(2025, 1, 1), date(2025, 1, 7))))
    assert all(one.delta.value is None for one in shown.kpis)


def test_without_a_comparison_there_is_none(store: Store, load: Load) -> None:
    load(store, "events", [*visit("a", WEEK.start, 5), *visit("b", BEFORE.start, 5)], shop=SHOP)
    shown = report(store, Scope(WEEK, comparison=Comparison.NONE))
    assert all(math.isnan(value) for value in column(shown, "base_people"))
    assert shown.kpis[0].delta.base is None


def test_the_report_is_plain_json_and_the_same_twice(store: Store, load: Load) -> None:
    load(store, "events", crowd(WEEK.start, "n", 20, 40, 20, 10, 10), shop=SHOP)
    first, second = (json.dumps(to_jsonable(report(store, Scope(WEEK)))) for _ in range(2))
    assert first == second
    assert "“" in first or "\\u201c" in first


@pytest.mark.parametrize("code", ["en", "zh_CN"])
@pytest.mark.parametrize("unit", ["person", "session"])
def test_every_picture_has_words_and_numbers(
    store: Store, load: Load, code: str, unit: str
) -> None:
    load(store, "events", crowd(WEEK.start, "n", 20, 40, 20, 10, 10, device="x"), shop=SHOP)
    load(store, "events", crowd(BEFORE.start, "b", 20, 40, 20, 10, 10, device="y"), shop=SHOP)
    load(store, "traffic_agg", [traffic(WEEK.start, "shop", uv=50, paid_buyers=5)], shop=SHOP)
    shown = report(store, Scope(WEEK), unit=unit, by="device")
    for picture in (charts.steps, charts.leaks, charts.conversion, charts.trend, charts.stages):
        chart = picture(shown, Language(code))
        assert chart.title
        assert chart.subtitle
        assert chart.alt
    assert "100" in charts.steps(shown, Language(code)).alt


def test_pictures_of_a_log_without_steps_do_not_fail(store: Store, load: Load) -> None:
    load(store, "events", visit("a", WEEK.start, 1), shop=SHOP)
    shown = report(store, Scope(WEEK))
    assert shown.events == ("visit",)
    for picture in (charts.steps, charts.leaks, charts.conversion, charts.trend):
        assert picture(shown, ENGLISH).title


def test_unknown_choices_are_refused(store: Store) -> None:
    with pytest.raises(InvalidParameter, match="unit can't be “order”"):
        report(store, Scope(), unit="order")
    with pytest.raises(InvalidParameter, match="by can't be “colour”"):
        report(store, Scope(), by="colour")
    with pytest.raises(InvalidParameter, match="way can't be “back”"):
        report(store, Scope(), way="back")


def test_a_real_log_has_more_buyers_than_carts_and_says_so(store: Store, shared_dir: Path) -> None:
    from ecom.ingest import import_files

    (outcome,) = import_files(store, [shared_dir / "data/events/rees46_2019_oct.csv"])
    assert outcome.problem is None
    shown = report(store, Scope())
    # Counted from the file: 4,505 users less the one whose only line is cut.
    lines = (shared_dir / "data/events/rees46_2019_oct.csv").read_text("utf-8").splitlines()
    header = lines[0].split(",")
    rows = [dict(zip(header, line.split(","), strict=False)) for line in lines[1:-1]]

    def users(kind: str) -> set[str]:
        return {row["user_id"] for row in rows if row["event_type"] == kind}

    everyone = {row["user_id"] for row in rows}
    assert column(shown, "anyone") == [
        len(everyone), len(users("view")), len(users("cart")), len(users("purchase")),
    ]  # fmt: skip
    assert "some skip a step" in notes(shown)
    # With the cart optional they are all there: who looked before buying, sooner than in a week.
    first_view: dict[str, str] = {}
    buyers = set()
    for row in sorted(rows, key=lambda row: (row["event_time"], row["event_type"] != "view")):
        if row["event_type"] == "view":
            first_view.setdefault(row["user_id"], row["event_time"])
        elif row["event_type"] == "purchase" and row["user_id"] in first_view:
            buyers.add(row["user_id"])
    people = column(report(store, Scope(), way="shortcuts"), "people")
    assert people[-1] == len(buyers)
    assert people[-1] > people[2]
