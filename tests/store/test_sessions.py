"""Visits are made from events by the stated rules, and made again when events come or go."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ecom import schema
from ecom.channels import EXPORTED_RULES, ChannelRule
from ecom.errors import InvalidParameter
from ecom.store import Store
from tests.conftest import stage

pytestmark = pytest.mark.every_engine

START = datetime(2026, 1, 1, 16, 0)  # midnight in Shanghai


def event(number: int, minutes: float, name: str = "page_view", **more: Any) -> dict[str, Any]:
    return {
        "event_id": str(number),
        "event_at": START + timedelta(minutes=minutes),
        "event_date": date(2026, 1, 2),
        "event_name": name,
        "visitor_id": "v",
        **more,
    }


def visits(store: Store) -> list[dict[str, Any]]:
    frame = store.read(select(schema.sessions).order_by(schema.sessions.c.started_at))
    return frame.to_dict("records")


def test_exactly_thirty_minutes_is_the_same_visit_and_more_is_a_new_one(store: Store) -> None:
    store.load(stage("events", [event(1, 0), event(2, 30), event(3, 60.02)]))
    assert [visit["events"] for visit in visits(store)] == [2, 1]
    assert [visit["is_new_visitor"] for visit in visits(store)] == [True, False]


def test_midnight_and_a_new_campaign_do_not_cut_a_visit(store: Store) -> None:
    rows = [
        event(1, -10, source="google", medium="cpc", event_date=date(2026, 1, 1)),
        event(2, 10, source="newsletter", medium="email"),
    ]
    store.load(stage("events", rows))
    (visit,) = visits(store)
    assert visit["channel"] == "Paid Search"
    assert visit["session_date"].date() == date(2026, 1, 1)
    assert visit["local_hour"] == 23


def test_engagement_needs_ten_seconds_two_pages_or_a_purchase(store: Store) -> None:
    rows = [
        event(1, 0, visitor_id="one page"),
        event(2, 0, visitor_id="two pages"),
        event(3, 0.1, visitor_id="two pages"),
        event(4, 0, visitor_id="stays"),
        event(5, 0.2, "search", visitor_id="stays"),
        event(6, 0, visitor_id="buys"),
        event(7, 0.1, "purchase", visitor_id="buys", value=9.5, order_id="o"),
    ]
    store.load(stage("events", rows))
    engaged = {visit["visitor_id"]: visit["is_engaged"] for visit in visits(store)}
    assert engaged == {"one page": False, "two pages": True, "stays": True, "buys": True}


def test_later_events_join_the_visit_they_belong_to(store: Store) -> None:
    store.load(stage("events", [event(1, 0)]))
    (late,) = store.load(stage("events", [event(2, 5, "purchase", value=20, order_id="o1")]))
    (visit,) = visits(store)
    assert visit["purchases"] == 1
    assert visit["revenue"] == 20
    store.undo(late.batch_id)
    (visit,) = visits(store)
    assert visit["purchases"] == 0


def test_an_order_takes_the_channel_of_the_visit_it_was_placed_in(store: Store) -> None:
    sale = {
        "order_id": "o1",
        "kind": "sale",
        "status": "paid",
        "paid_amount": 20,
        "paid_date": date(2026, 1, 2),
    }
    store.load(stage("orders", [sale]))
    buy = event(1, 0, "purchase", order_id="o1", source="baidu", medium="organic", device="mobile")
    store.load(stage("events", [buy]))
    row = store.read(select(schema.daily_sales)).to_dict("records")[0]
    assert (row["channel"], row["device"]) == ("Organic Search", "mobile")


def test_session_ids_of_the_export_are_kept_per_visitor(store: Store) -> None:
    rows = [
        event(1, 0, session_id="s"),
        event(2, 120, session_id="s"),
        event(3, 0, session_id="s", visitor_id="other"),
    ]
    store.load(stage("events", rows))
    assert sorted(visit["events"] for visit in visits(store)) == [1, 2]


def test_a_new_session_gap_counts_all_visits_anew(store: Store) -> None:
    store.load(stage("events", [event(1, 0), event(2, 20)]))
    assert len(visits(store)) == 1
    store.save_settings(store.settings.with_values(session_gap_minutes=10))
    assert len(visits(store)) == 2


def test_other_rules_name_the_visits_of_the_past_anew(store: Store) -> None:
    origins = [
        {"source": "douyin", "medium": "live"},
        {"referrer": "google.com"},
        {"referrer": "google.com", "click": "gclid"},
        {"channel": "as exported", "source": "douyin"},
    ]
    rows = [event(n, n, visitor_id=f"v{n}", **told) for n, told in enumerate(origins)]
    store.load(stage("events", rows))
    assert channels(store) == ["Organic Video", "Organic Search", "Paid Search", "as exported"]
    rules = (ChannelRule("直播", source="douyin", medium="live*"), ChannelRule("Rest"))
    store.save_settings(store.settings.with_values(channel_rules=rules))
    assert channels(store) == ["直播", "Rest", "Rest", "as exported"]
    assert store.settings.channel_rules == rules
    store.load(stage("events", [event(9, 9, visitor_id="v9", source="x")]))
    assert channels(store)[-1] == "Rest"
    store.save_settings(store.settings.with_values(channel_rules=()))
    assert channels(store)[:2] == ["Organic Video", "Organic Search"]


def test_other_kinds_are_kept_and_no_visit_is_counted_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.load(stage("events", [event(1, 0)]))
    version = store.version

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("visits were counted anew")

    monkeypatch.setattr("ecom.store.derive.rebuild", refuse)
    rules = (ChannelRule("直播", source="*直播*"),)
    store.save_settings(store.settings.with_values(kind_rules=rules))
    assert store.settings.kind_rules == store.settings.kinds == rules
    assert store.version == version + 1  # whatever was told of kinds is asked again
    store.save_settings(store.settings.with_values(kind_rules=()))
    assert store.settings.kinds == EXPORTED_RULES
    with pytest.raises(InvalidParameter, match="301 rules"):
        store.settings.with_values(kind_rules=rules * 301)


def channels(store: Store) -> list[str]:
    """Of visits, by their start."""
    return [visit["channel"] for visit in visits(store)]
