"""Rules tried on the origins of the visits so far."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from ecom.analysis.channel_rules import COSTS, try_kinds, try_rules
from ecom.channels import DEFAULT_RULES, EXPORTED_RULES, ChannelRule
from ecom.store import Batch, Store
from tests.conftest import stage


def test_what_rules_would_change_comes_first_and_nothing_is_stored(store: Store) -> None:
    origins = [{"source": "google"}, {"source": "douyin", "medium": "live"}, {"referrer": "a.cn"}]
    store.load(
        stage(
            "events",
            [
                {
                    "event_id": str(number),
                    "event_at": datetime(2026, 1, 1, number),
                    "event_date": date(2026, 1, 1),
                    "event_name": "page_view",
                    "visitor_id": "v",
                    **told,
                }
                for number, told in enumerate(origins)
            ],
        )
    )
    version = store.version
    tried = try_rules(store, (ChannelRule("Lives", medium="live"), *DEFAULT_RULES))
    assert tried.changed == 1
    assert tried.table.frame[["source", "channel", "by_rules"]].to_numpy().tolist() == [
        ["douyin", "Organic Video", "Lives"],
        ["", "Referral", "Referral"],
        ["google", "Organic Search", "Organic Search"],
    ]
    assert try_rules(store, DEFAULT_RULES).changed == 0
    assert store.version == version


def test_names_that_would_get_another_kind_come_first_and_nothing_is_stored(
    store: Store, load: Callable[..., Batch]
) -> None:
    day = date(2026, 1, 1)
    names = ("手淘搜索", "手淘搜索", "直通车", "信息流")
    rows = [
        {
            "source": "sycm",
            "period_start": day,
            "period_end": day,
            "hour": number,
            "grain": "channel",
            "channel": name,
            "is_rollup": False,
            "uv": 1,
        }
        for number, name in enumerate(names)
    ]
    load(store, "traffic_agg", rows)
    version = store.version
    rules = (ChannelRule("Platform ads", source="信息流"), *EXPORTED_RULES)
    tried = try_kinds(store, rules)
    assert tried.changed == 1
    assert tried.table.frame.to_numpy().tolist() == [
        ["信息流", "信息流", "Platform ads", COSTS[True]],
        ["手淘搜索", "Site search", "Site search", COSTS[False]],
        ["直通车", "Platform ads", "Platform ads", COSTS[True]],
    ]
    assert store.version == version
    store.save_settings(store.settings.with_values(kind_rules=rules))
    assert try_kinds(store, rules).changed == 0
    # Back at the usual rules it would be a kind of its own again, and free.
    back = try_kinds(store, EXPORTED_RULES).table.frame.iloc[0]
    assert back.tolist() == ["信息流", "Platform ads", "信息流", COSTS[False]]


def test_an_empty_store_has_no_names(store: Store) -> None:
    tried = try_kinds(store, (ChannelRule("Live", source="*"),))
    assert (tried.changed, len(tried.table.frame)) == (0, 0)
