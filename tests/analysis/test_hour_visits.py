"""Who comes when, on logs that can be added up by hand, against plain loops and the heat map."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from scipy.stats import ttest_ind

from ecom.analysis import traffic
from ecom.analysis.hour_visits import HourVisitsReport, report
from ecom.errors import InvalidParameter
from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import Batch, Shop, Store
from tests.analysis.test_step_segments import row_of

Load = Callable[..., Batch]
SHOP = Shop("shop", "own", "The shop", "CNY", "Asia/Shanghai")
WEEKS = Period(date(2026, 3, 9), date(2026, 3, 22))  # two, from a Monday
ALONE = Scope(WEEKS, comparison=Comparison.NONE)
ENGLISH = Language("en")


def visit(
    who: str, at: datetime, *, paid: float | None = None, product: str = "", **more: Any
) -> list[dict[str, Any]]:
    """The events of a visit that begins at a moment of the shop's clock, eight hours before UTC."""
    names = ["page_view", *(["view_item"] if product else []), *(["purchase"] if paid else [])]
    return [
        {
            "event_id": f"{who} {at} {name}",
            "event_at": at - timedelta(hours=8) + timedelta(minutes=place),
            "event_date": at.date(),
            "event_name": name,
            "visitor_id": who,
            "product_id": product if name == "view_item" else "",
            "value": paid if name == "purchase" else None,
            **more,
        }
        for place, name in enumerate(names)
    ]


def crowd(
    name: str, at: datetime, people: int, *, buying: int, **more: Any
) -> list[dict[str, Any]]:
    """One visit each, of which the first ``buying`` pay 10."""
    return [
        row
        for number in range(people)
        for row in visit(f"{name}{number}", at, paid=10 if number < buying else None, **more)
    ]


def kpis(shown: HourVisitsReport) -> dict[str, float | None]:
    return {one.metric: one.delta.value for one in shown.kpis}


@pytest.fixture
def log(store: Store, load: Load) -> Store:
    """40 visits on Mondays at nine, of which 20 buy; 60 on a Tuesday at three, of which 6 do.

    On Mondays 30 of 40 are on phones and saw P, on Tuesday 15 of 60 are and did.
    """
    phone, desk = {"device": "mobile", "product": "P"}, {"device": "desktop"}
    first, second, tuesday = (datetime(2026, 3, day, hour) for day, hour in
                              ((9, 9), (16, 9), (10, 15)))  # fmt: skip
    rows = crowd("a", first, 10, buying=5, **desk)
    rows += crowd("b", second, 30, buying=15, **phone)
    rows += crowd("c", tuesday, 45, buying=6, **desk) + crowd("d", tuesday, 15, buying=0, **phone)
    load(store, "events", rows, shop=SHOP)
    return store


def test_an_hour_is_counted_and_held_against_the_others(log: Store) -> None:
    shown = report(log, ALONE, weekday=0, hour=9)
    # Two Mondays: 20 a week. 20 of 40 bought, 6 of the other 60.
    assert ENGLISH.say(shown.headline) == (
        "Mon, 09:00 to 10:00: 40 visits, 20 a week, 40.0% of all. 50.0% of them bought, 10.0% in "
        "the other hours. Higher, more than chance."
    )
    assert kpis(shown) == {"visits_a_day": 20, "visit_conversion": 0.5, "revenue_per_visit": 5}
    conversion, revenue = shown.compared.frame.to_dict("records")
    assert conversion["change"] == pytest.approx(4.0)  # five times as many, less one
    reach = 1.959964 * math.sqrt(1 / 20 - 1 / 40 + 1 / 6 - 1 / 60)  # Katz
    low, high = (5 * math.exp(side * reach) - 1 for side in (-1, 1))
    assert [conversion["low"], conversion["high"]] == pytest.approx([low, high], abs=1e-5)
    assert revenue["change"] == pytest.approx(4.0)  # 5 against 1
    assert ENGLISH.say(revenue["verdict"]) == "Higher, more than chance"


def test_groups_and_products_stand_beside_those_of_the_other_hours(log: Store) -> None:
    shown = report(log, ALONE, weekday=0, hour=9)
    phones, desks = (row_of(shown.segments, name) for name in ("Mobile", "Desktop"))
    assert [phones["visits"], phones["share"], phones["held"]] == [30, 0.75, 0.25]
    assert [phones["index"], desks["index"]] == pytest.approx([3.0, 1 / 3])
    assert ENGLISH.say(phones["verdict"]) == "Higher, more than chance"
    assert ENGLISH.say(desks["verdict"]) == "Lower, more than chance"
    (product,) = shown.products.frame.to_dict("records")
    assert [product["product"], product["visits"], product["index"]] == ["P", 30, 3.0]


def test_a_whole_weekday_and_an_hour_of_every_day(log: Store) -> None:
    assert kpis(report(log, ALONE, weekday=0)) == kpis(report(log, ALONE, weekday=0, hour=9))
    # Three days have visits; on the Tuesday none at nine.
    every_day = report(log, ALONE, hour=9)
    assert kpis(every_day)["visits_a_day"] == pytest.approx(40 / 3)
    points = next(one.points for one in every_day.kpis if one.metric == "visits_a_day")
    assert points == ((date(2026, 3, 9), 10), (date(2026, 3, 10), 0), (date(2026, 3, 16), 30))
    hours = every_day.hours.frame
    assert hours["sessions"].tolist() == [{9: 40, 15: 60}.get(hour, 0) for hour in range(24)]
    assert [hours["visit_conversion"][9], hours["visit_conversion"][15]] == [0.5, 0.1]
    assert hours["visit_conversion"].notna().sum() == 2  # of nobody no share is told
    assert hours["share"].sum() == pytest.approx(1)


def test_all_hours_have_nothing_to_stand_beside(log: Store) -> None:
    shown = report(log, ALONE)
    # A week: 20 on Monday and 60 on Tuesday; those 60 all begin at 15.
    assert ENGLISH.say(shown.headline) == (
        "All hours: 100 visits, 80 a week; the busiest hour is 15:00 to 16:00 (60.0%)."
    )
    assert shown.compared.is_empty
    assert list(shown.segments.frame) == ["split", "value", "visits", "share"]
    nobody = report(log, ALONE, weekday=6, hour=3)
    assert ENGLISH.say(nobody.headline) == "Sun, 03:00 to 04:00: no visit."
    assert nobody.segments.frame["visits"].sum() == 0
    assert nobody.segments.frame["index"].isna().all()


def test_the_base_has_the_same_hours(log: Store, load: Load) -> None:
    load(log, "events", visit("late", datetime(2026, 3, 22, 12)), shop=SHOP)  # a Sunday
    later = Scope(Period(date(2026, 3, 16), date(2026, 3, 22)))
    shown = report(log, later, weekday=0, hour=9)
    deltas = {one.metric: one.delta for one in shown.kpis}
    assert (deltas["visits_a_day"].value, deltas["visits_a_day"].base) == (30, 10)
    # Tuesday was in the week before only.
    tuesday = {one.metric: one.delta for one in report(log, later, weekday=1).kpis}
    assert (tuesday["visits_a_day"].value, tuesday["visits_a_day"].base) == (None, 60)


def test_the_hour_is_that_of_the_shop_and_of_the_first_event(store: Store, load: Load) -> None:
    early, late = datetime(2026, 3, 9, 0, 30), datetime(2026, 3, 9, 23, 59)
    load(store, "events", [*visit("a", early), *visit("b", late, paid=5)], shop=SHOP)
    assert kpis(report(store, ALONE, weekday=0, hour=0))["visits_a_day"] == 1
    last = report(store, ALONE, weekday=0, hour=23)
    assert kpis(last) == {"visits_a_day": 1, "visit_conversion": 1, "revenue_per_visit": 5}


def test_too_few_visits_say_so(store: Store, load: Load) -> None:
    rows = crowd("a", datetime(2026, 3, 9, 9), 12, buying=6)
    rows += crowd("b", datetime(2026, 3, 10, 9), 200, buying=20)
    load(store, "events", rows, shop=SHOP)
    shown = report(store, ALONE, weekday=0)
    assert ENGLISH.say(shown.headline).endswith("Too few people to tell.")
    assert shown.compared.frame[["low", "high"]].isna().all(axis=None)
    assert shown.segments.frame["index"].isna().all()


def test_without_purchases_nothing_is_said_of_them(store: Store, load: Load) -> None:
    load(store, "events", visit("a", datetime(2026, 3, 9, 9)), shop=SHOP)
    shown = report(store, ALONE, hour=9)
    assert kpis(shown) == {"visits_a_day": 1, "visit_conversion": None, "revenue_per_visit": None}
    assert shown.hours.frame["visit_conversion"].isna().all()
    assert [ENGLISH.say(gap.what) for gap in shown.gaps] == [
        "Purchases in the event log of every shop"
    ]


def test_a_shop_without_a_log_is_not_in_it_and_that_is_said(log: Store, load: Load) -> None:
    day = {"source": "ga4", "hour": 9, "grain": "shop", "is_rollup": False, "sessions": 999}
    span = {"period_start": WEEKS.start, "period_end": WEEKS.start}
    load(log, "traffic_agg", [{**day, **span}], shop=Shop("mall", "tmall", "Mall", "CNY", "UTC"))
    shown = report(log, ALONE, weekday=0, hour=9)
    assert kpis(shown)["visits_a_day"] == 20
    said = [ENGLISH.say(notice.text) for notice in shown.notices]
    assert "Only shops with an event log are counted here: The shop." in said


def test_other_hours_are_refused_and_no_log_is_a_gap(store: Store) -> None:
    for wrong in ({"weekday": 7}, {"weekday": -1}, {"hour": 24}):
        with pytest.raises(InvalidParameter):
            report(store, ALONE, **wrong)
    assert report(store, ALONE, weekday=0).gaps


class Visit:
    """A random visit: when, on what, what it saw and paid."""

    def __init__(self, chance: random.Random, number: int) -> None:
        self.who = f"v{number}"
        self.at = datetime(2026, 3, 9) + timedelta(
            days=chance.randrange(14), hours=chance.choice([0, 9, 9, 20, 23])
        )
        self.device = chance.choice(["mobile", "desktop"])
        self.product = chance.choice(["", "A", "B"])
        self.paid = chance.choice([None, None, None, 5.0, 20.0])

    def events(self) -> list[dict[str, Any]]:
        return visit(self.who, self.at, paid=self.paid, product=self.product, device=self.device)


def chosen(visits: Iterable[Visit], weekday: int | None, hour: int | None) -> list[Visit]:
    return [
        one for one in visits if weekday in (None, one.at.weekday()) and hour in (None, one.at.hour)
    ]


@pytest.mark.parametrize(("weekday", "hour"), [(None, 9), (0, None), (5, 9)])
def test_random_visits_against_a_loop(
    store: Store, load: Load, weekday: int | None, hour: int | None
) -> None:
    chance = random.Random(f"{weekday} {hour}")
    visits = [Visit(chance, number) for number in range(400)]
    load(store, "events", [row for one in visits for row in one.events()], shop=SHOP)
    shown = report(store, ALONE, weekday=weekday, hour=hour)
    inside = chosen(visits, weekday, hour)
    others = [one for one in visits if one not in inside]

    for label, device in (("Mobile", "mobile"), ("Desktop", "desktop")):
        row = row_of(shown.segments, label)
        mine, rest = (sum(one.device == device for one in side) for side in (inside, others))
        assert row["visits"] == mine
        assert row["held"] == pytest.approx(rest / len(others))
    seen = Counter(one.product for one in inside if one.product)
    assert dict(shown.products.frame[["product", "visits"]].to_numpy().tolist()) == seen

    paid = [[one.paid or 0.0 for one in side] for side in (inside, others)]
    revenue = shown.compared.frame.iloc[1]
    assert revenue["here"].value == pytest.approx(sum(paid[0]) / len(inside))
    differs = ttest_ind(*paid, equal_var=False).pvalue < 0.05
    assert ENGLISH.say(revenue["verdict"]).endswith("more than chance") == differs


def test_each_hour_of_the_week_is_as_many_as_in_the_heat_map(store: Store, load: Load) -> None:
    chance = random.Random(1)
    visits = [Visit(chance, number) for number in range(60)]
    load(store, "events", [row for one in visits for row in one.events()], shop=SHOP)
    cells = traffic.report(store, ALONE).hours.frame.to_dict("records")
    assert len(cells) > 15
    for cell in cells[::3]:
        shown = report(store, ALONE, weekday=int(cell["weekday"]), hour=int(cell["hour"]))
        assert kpis(shown)["visits_a_day"] == pytest.approx(cell["sessions"])
