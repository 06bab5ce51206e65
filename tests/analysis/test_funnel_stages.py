"""The conversion page from what a back office counts, alone and beside an event log."""

from __future__ import annotations

import pytest

from ecom.analysis.funnel import report
from ecom.charts import funnel as charts
from ecom.model import Scope
from ecom.store import Store
from tests.analysis.test_funnel import (
    BEFORE,
    ENGLISH,
    SHOP,
    WEEK,
    Load,
    column,
    traffic,
    visit,
)

pytestmark = pytest.mark.every_engine


def test_back_office_counts_alone_make_a_chain_of_visitor_days(store: Store, load: Load) -> None:
    # The shop's own rows count; the channels' and the products' are not added to them.
    rows = [
        traffic(WEEK.start, "shop", uv=100, cart_uv=20, order_buyers=10, paid_buyers=8),
        traffic(WEEK.end, "shop", uv=300, cart_uv=40, order_buyers=14, paid_buyers=12),
        traffic(WEEK.end, "channel", channel="x", channel_l1="x", uv=250, paid_buyers=12),
        traffic(WEEK.end, "product", product_id="1", uv=200, paid_buyers=5),
        traffic(BEFORE.end, "shop", uv=200, cart_uv=40, order_buyers=20, paid_buyers=20),
    ]
    load(store, "traffic_agg", rows, shop=SHOP)
    shown = report(store, Scope(WEEK))
    stages = shown.stages.frame
    assert stages["people"].tolist() == [400, 60, 24, 20]
    assert stages["from_first"].tolist() == pytest.approx([1, 0.15, 0.06, 0.05])
    assert stages["base_people"].tolist() == [200, 40, 20, 20]
    assert stages["change"].tolist() == pytest.approx([0, -5, -4, -5])
    assert "20 paid out of 400 visitors" in ENGLISH.say(shown.headline)
    assert {one.metric: one.delta.value for one in shown.kpis} == {
        "conversion": pytest.approx(0.05),
        "cart_rate": pytest.approx(0.15),
    }
    assert shown.steps.is_empty
    assert [gap.layouts[0] for gap in shown.gaps] == ["own_events"]


def test_a_stage_that_some_rows_do_not_tell_is_a_share_of_those_that_do(
    store: Store, load: Load
) -> None:
    rows = [
        traffic(WEEK.start, "shop", uv=100, cart_uv=20, paid_buyers=10),
        traffic(WEEK.end, "shop", uv=300, paid_buyers=10),
    ]
    load(store, "traffic_agg", rows, shop=SHOP)
    stages = report(store, Scope(WEEK)).stages.frame
    assert [str(stage) for stage in stages["stage"]] == ["Visitors", "Added to cart", "Paid"]
    assert stages["from_first"].tolist() == pytest.approx([1, 0.2, 0.05])


def test_visits_of_a_back_office_are_a_chain_of_their_own(store: Store, load: Load) -> None:
    """Shopify counts visits on their way, and of people only who came and who bought."""
    told = {"uv": 90, "paid_buyers": 6}
    rows = [
        traffic(WEEK.start, "shop", sessions=100, cart_sessions=20, checkout_sessions=12,
                converted_sessions=8, **told),
        traffic(WEEK.end, "shop", sessions=300, cart_sessions=40, checkout_sessions=20,
                converted_sessions=12, **told),
    ]  # fmt: skip
    load(store, "traffic_agg", rows, shop=SHOP)
    shown = report(store, Scope(WEEK))
    stages = shown.stages.frame
    assert shown.stage_unit == "session"
    assert stages["people"].tolist() == [400, 60, 32, 20]
    assert stages["from_first"].tolist() == pytest.approx([1, 0.15, 0.08, 0.05])
    assert "20 of 400 visits bought" in ENGLISH.say(shown.headline)
    assert {one.metric: one.delta.value for one in shown.kpis} == {
        "visit_conversion": pytest.approx(0.05),
        "cart_rate": pytest.approx(0.15),
    }
    assert "Visits as the back office counts them" in charts.stages(shown, ENGLISH).subtitle


@pytest.mark.parametrize(
    ("unit", "checkouts", "expected"),
    [
        ("person", 5, [90, 9, 3, 2]),
        ("session", 5, [100, 5, 2]),
        # visits alone tell nothing of the way
        ("session", None, [90, 9, 3, 2]),
    ],
)
def test_who_is_counted_chooses_the_chain_unless_it_tells_nothing_of_the_way(
    store: Store, load: Load, unit: str, checkouts: int | None, expected: list[int]
) -> None:
    people = {"uv": 90, "cart_uv": 9, "order_buyers": 3, "paid_buyers": 2}
    visits = {"sessions": 100, "checkout_sessions": checkouts, "converted_sessions": 2}
    load(store, "traffic_agg", [traffic(WEEK.start, "shop", **people, **visits)], shop=SHOP)
    stages = report(store, Scope(WEEK), unit=unit).stages.frame
    assert stages["people"].tolist() == expected


def test_with_both_sources_the_log_speaks_first_and_nothing_is_added(
    store: Store, load: Load
) -> None:
    load(store, "events", visit("a", WEEK.start, 5), shop=SHOP)
    load(store, "traffic_agg", [traffic(WEEK.start, "shop", uv=50, paid_buyers=5)], shop=SHOP)
    shown = report(store, Scope(WEEK))
    assert column(shown, "people") == [1, 1, 1, 1, 1]
    assert shown.stages.frame["people"].tolist() == [50, 5]
    assert shown.kpis[0].metric == "funnel_entered"
    assert shown.gaps == ()
