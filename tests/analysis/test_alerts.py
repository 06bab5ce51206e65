"""Alerts over several simulated sellers: what is planted comes first, calm ones stay calm."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from ecom.analysis.alerts import Alert, alerts
from ecom.analysis.playbook import play_for
from ecom.analysis.watched import LOOK_BACK, Masked, watch_devices, watch_sources
from ecom.demo.timeline import Timeline
from ecom.demo.world import simulate
from ecom.model import Period

END = date(2026, 11, 22)
PERIOD = Period(END - timedelta(89), END)
DAYS = pd.date_range(PERIOD.start - timedelta(LOOK_BACK), END)
SALES = (
    Masked("618", date(2026, 6, 1), date(2026, 6, 20)),
    Masked("Double 11", date(2026, 10, 20), date(2026, 11, 11)),
)
SEEDS = (3, 5, 618)


def found_in(seed: int, *, anomalies: bool) -> tuple[Alert, ...]:
    """The alerts of a simulated seller, without those that its own spend explains."""
    world = simulate(Timeline(END, 730, seed), anomalies=anomalies)
    watched = []
    every = pd.date_range(world.timeline.start, END)
    for shop in world.shops:
        daily = {}
        for channel in shop.storefront.names:
            days = shop.channel(channel).set_index(every).reindex(DAYS)
            daily[channel] = frame(days["visitors"], days["paid_buyers"])
        spend = {
            name: pd.Series(paid.spend, index=every).reindex(DAYS).to_numpy()
            for name, paid in shop.paid.items()
        }
        shop_id = shop.storefront.shop.shop_id
        watched += watch_sources(shop_id, daily, masked=SALES, spend=spend)
    return tuple(one for one in alerts(tuple(watched), PERIOD) if one.pattern != "spend")


def frame(visitors: object, buyers: object) -> pd.DataFrame:
    days = {"visitor_days": visitors, "buyer_days": buyers, "visitor_days_with_buyers": visitors}
    return pd.DataFrame(days, index=DAYS, dtype="float64").assign(is_told=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_shocks_come_first_and_are_explained(seed: int) -> None:
    first, second = found_in(seed, anomalies=True)[:2]
    assert (first.sources, second.sources) == (("手淘搜索",), ("千川",))
    assert abs((first.since - (END - timedelta(75))).days) <= 3
    assert first.until is None
    assert (second.during, second.until) == ("Double 11", None)
    explained = [
        play_for(one.worst.topic, one.direction, pattern=one.pattern, sources=one.sources)
        for one in (first, second)
    ]
    assert "ranking rules" in explained[0].causes.template
    assert "creative is worn out" in explained[1].causes.template


def test_calm_sellers_raise_less_than_one_alert_a_month() -> None:
    count = sum(len(found_in(seed, anomalies=False)) for seed in SEEDS)
    assert count / (len(SEEDS) * PERIOD.days / 30) < 1


def devices(mobile: np.ndarray, desktop: np.ndarray) -> tuple[Alert, ...]:
    """1,000 visitors a day on mobile and 500 on desktop, with these buyers."""
    visitors = np.ones(len(DAYS))
    daily = {"mobile": frame(1000 * visitors, mobile), "desktop": frame(500 * visitors, desktop)}
    return alerts(tuple(watch_devices("shop", daily)), PERIOD)


def test_one_broken_device_is_one_alert_even_within_a_sale() -> None:
    # Everything sells three times as well in the sale; within it mobile falls by half for six days.
    lift = np.where(np.arange(len(DAYS)) >= len(DAYS) - 30, 3.0, 1.0)
    broken = np.arange(len(DAYS)) >= len(DAYS) - 6
    mobile, desktop = 60 * lift * np.where(broken, 0.5, 1.0), 40 * lift
    (alert,) = devices(mobile, desktop)
    assert (alert.sources, alert.direction) == (("mobile",), "down")
    assert alert.since == END - timedelta(5)
    play = play_for("conversion", "down", pattern="one", sources=alert.sources)
    assert "broken on this device" in play.causes.template


def test_a_sale_on_all_devices_is_no_alert() -> None:
    lift = np.where(np.arange(len(DAYS)) >= len(DAYS) - 30, 3.0, 1.0)
    assert devices(60 * lift, 40 * lift) == ()


def test_a_short_dip_after_a_sale_is_no_alert_but_a_lasting_fall_is() -> None:
    day = np.arange(len(DAYS))
    after = int((pd.Timestamp("2026-11-12") - DAYS[0]).days)
    buyers = np.zeros(len(DAYS))
    for length, told in ((5, 0), (11, 1)):
        visitors = np.where((day >= after) & (day < after + length), 60.0, 100.0)
        daily = {"Search": frame(visitors, buyers)}
        watched = tuple(watch_sources("shop", daily, masked=SALES, spend={}))
        assert len(alerts(watched, PERIOD)) == told
