"""Rules tried on the origins of the visits so far."""

from __future__ import annotations

from datetime import date, datetime

from ecom.analysis.channel_rules import try_rules
from ecom.channels import DEFAULT_RULES, ChannelRule
from ecom.store import Store
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
    assert tried.origins.frame[["source", "channel", "by_rules"]].to_numpy().tolist() == [
        ["douyin", "Organic Video", "Lives"],
        ["", "Referral", "Referral"],
        ["google", "Organic Search", "Organic Search"],
    ]
    assert try_rules(store, DEFAULT_RULES).changed == 0
    assert store.version == version
