"""What visits tell of a funnel is what their events tell."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ecom.analysis import funnel_query
from ecom.analysis.funnel_query import Breakdown, FunnelQuery, Step, Trend, funnel
from ecom.analysis.funnel_question import ATTRIBUTIONS
from ecom.model import Period
from ecom.queries.event_sets import VISIT
from ecom.queries.funnel import touches
from ecom.store import open_store
from ecom.store.sessionize import STEPS
from tests.conftest import stage

FIRST = datetime(2026, 1, 1)
EVENT = st.fixed_dictionaries(
    {
        "visitor_id": st.sampled_from("vw"),
        # An hour around each midnight, so that visits have several events, on two days.
        "minute": st.tuples(st.integers(0, 3), st.integers(-6, 6)).map(
            lambda place: (place[0] + 1) * 1440 + place[1] * 5
        ),
        "event_name": st.sampled_from(("page_view", *STEPS)),
        "session_id": st.sampled_from([None, None, None, None, "s"]),
        "device": st.sampled_from(["mobile", "desktop"]),
    }
)


def rows(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    full = []
    for number, one in enumerate(made):
        at = FIRST + timedelta(minutes=one["minute"])
        told = {name: value for name, value in one.items() if name != "minute"}
        full.append({"event_id": str(number), "event_at": at, "event_date": at.date(), **told})
    return full


def done(minute: int, name: str) -> dict[str, Any]:
    return {"visitor_id": "v", "minute": 1500 + minute, "event_name": name, "device": "mobile"}


# The first cart came before the product was looked at, so the second one counts.
@example(
    [done(0, "add_to_cart"), done(5, "view_item"), done(10, "add_to_cart")],
    ["view_item", "add_to_cart"],
    "session",
    timedelta(days=1),
    "first_touch",
)
# Looked at within the window, put into the cart after it.
@example(
    [done(0, "page_view"), done(5, "view_item"), done(25, "add_to_cart")],
    ["view_item", "add_to_cart"],
    "person",
    timedelta(minutes=20),
    "step",
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(EVENT, min_size=1, max_size=14),
    st.lists(st.sampled_from(STEPS), min_size=1, max_size=4, unique=True),
    st.sampled_from(["person", "session"]),
    st.sampled_from([timedelta(minutes=20), timedelta(days=1), timedelta(days=3)]),
    st.sampled_from(ATTRIBUTIONS),
)
def test_the_answer_is_that_of_the_events(
    made: list[dict[str, Any]], steps: list[str], unit: str, window: timedelta, attribution: str
) -> None:
    query = FunnelQuery(
        steps=(Step(VISIT), *(Step(name) for name in STEPS if name in steps)),
        window=window,
        unit=unit,
        period=Period(date(2026, 1, 2), date(2026, 1, 3)),
        until=date(2026, 1, 4),
        breakdown=Breakdown("device", attribution=attribution, step=len(steps) - 1),
        trend=Trend(),
    )

    def from_events(*arguments: Any, **options: Any) -> Any:
        return touches(*arguments, **{**options, "firsts_only": False})

    with open_store("duckdb:///:memory:") as store:
        store.load(stage("events", rows(made)))
        quick = funnel(store, query)
        try:
            funnel_query.touches = from_events
            slow = funnel(store, query)
        finally:
            funnel_query.touches = touches
    pd.testing.assert_frame_equal(quick.steps, slow.steps)
    pd.testing.assert_frame_equal(quick.breakdown, slow.breakdown)
    pd.testing.assert_frame_equal(quick.trend, slow.trend)
