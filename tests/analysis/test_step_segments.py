"""Who is at a step, on logs that can be added up by hand and against a plain loop."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ecom.analysis.funnel import ACTIONS
from ecom.analysis.step_segments import report
from ecom.charts.step_segments import index
from ecom.errors import InvalidParameter
from ecom.i18n import Language
from ecom.model import Period, Scope
from ecom.store import Batch, Store
from tests.analysis.test_funnel import SHOP, WEEK, crowd

Load = Callable[..., Batch]
ENGLISH = Language("en")


def row_of(table: Any, value: str) -> dict[str, Any]:
    (row,) = [one for one in table.frame.to_dict("records") if ENGLISH.say(one["value"]) == value]
    return row


@pytest.fixture
def log(store: Store, load: Load) -> Store:
    """Of 100 checkouts on phones 20 pay, of 100 at desks 80; all viewed the same product."""
    rows = crowd(WEEK.start, "p", 0, 0, 0, 80, 20, device="mobile", product_id="P", sku="S")
    rows += crowd(WEEK.start, "d", 0, 0, 0, 20, 80, device="desktop", product_id="P", sku="S")
    load(store, "events", rows, shop=SHOP)
    return store


def test_who_left_is_told_beside_all_who_were_there(log: Store) -> None:
    shown = report(log, Scope(WEEK))
    assert ENGLISH.say(shown.headline) == "100 of 200 visits (50.0%) left before “Purchased”."
    phones = row_of(shown.segments, "Mobile")
    # 80 of the 100 that left, and 100 of the 200 that were there: 1.6 times as many.
    assert [phones["visits"], phones["share"], phones["held"]] == [80, 0.8, 0.5]
    assert phones["index"] == pytest.approx(1.6)
    desks = row_of(shown.segments, "Desktop")
    assert desks["index"] == pytest.approx(0.4)
    said = [ENGLISH.say(one["verdict"]) for one in (phones, desks)]
    assert said == ["Higher, more than chance", "Lower, more than chance"]
    everybody = row_of(shown.segments, "New visitors")
    assert ENGLISH.say(everybody["verdict"]) == "Too few people to tell"  # nobody is outside
    assert shown.products.frame[["product", "visits"]].to_numpy().tolist() == [["P", 100]]


def test_the_picture_says_each_index_and_the_largest_above_it(log: Store) -> None:
    drawn = index(report(log, Scope(WEEK)), ENGLISH)
    assert drawn.title == (
        "Mobile: 1.60× as common among visits that left before “Purchased” as among all"
    )
    assert drawn.figure.data[0].text == ("1.60", "0.40")
    assert report(log, Scope(WEEK)).header.base is None  # nothing is held against it


def test_days_that_the_log_does_not_reach_are_a_gap(log: Store) -> None:
    years_ago = Scope(Period(date(2020, 1, 1), date(2020, 1, 7)))
    shown = report(log, years_ago)
    assert shown.segments.is_empty
    assert len(shown.gaps) == 1
    assert not report(log, Scope(WEEK)).gaps


def test_who_went_on_is_the_other_side(log: Store) -> None:
    shown = report(log, Scope(WEEK), side="went_on")
    assert row_of(shown.segments, "Mobile")["visits"] == 20
    assert row_of(shown.segments, "Desktop")["index"] == pytest.approx(1.6)
    nobody_left = report(log, Scope(WEEK), step="begin_checkout")
    assert nobody_left.segments.frame["visits"].sum() == 0
    assert nobody_left.segments.frame["index"].isna().all()


def test_few_visits_have_no_index(store: Store, load: Load) -> None:
    load(store, "events", crowd(WEEK.start, "p", 0, 0, 0, 9, 9, device="mobile"), shop=SHOP)
    assert report(store, Scope(WEEK)).segments.frame["index"].isna().all()


def test_what_nobody_has_is_refused_and_what_no_log_tells_is_a_gap(store: Store) -> None:
    with pytest.raises(InvalidParameter):
        report(store, Scope(WEEK), step="sign_up")
    with pytest.raises(InvalidParameter):
        report(store, Scope(WEEK), side="right")
    assert report(store, Scope(WEEK)).gaps


@pytest.mark.parametrize("step", ACTIONS)
def test_random_visits_against_a_loop(store: Store, load: Load, step: str) -> None:
    chance = random.Random(step)
    rows, visits = [], []
    for number in range(150):
        device, did = chance.choice(["mobile", "desktop"]), {"page_view"}
        at = datetime(2026, 3, 9, 8) + timedelta(minutes=number)
        did |= {name for name in ACTIONS if chance.random() < 0.6}
        products = [chance.choice("ABC") for _ in range(2)]
        visits.append((device, did, set(products) if "view_item" in did else set()))
        for place, name in enumerate(("page_view", *ACTIONS)):
            if name in did:
                seen = products if name == "view_item" else [""]
                rows += [
                    {"event_id": f"{number}-{name}-{copy}", "event_name": name,
                     "event_at": at + timedelta(seconds=place), "event_date": at.date(),
                     "visitor_id": str(number), "device": device, "product_id": product}
                    for copy, product in enumerate(seen)
                ]  # fmt: skip
    load(store, "events", rows, shop=SHOP)
    before = ("page_view", *ACTIONS)[ACTIONS.index(step)]
    left = [one for one in visits if before in one[1] and step not in one[1]]
    shown = report(store, Scope(WEEK), step=step)
    for label, device in (("Mobile", "mobile"), ("Desktop", "desktop")):
        assert row_of(shown.segments, label)["visits"] == sum(one[0] == device for one in left)
    products = Counter(product for one in left for product in one[2])
    assert dict(shown.products.frame[["product", "visits"]].to_numpy().tolist()) == products
