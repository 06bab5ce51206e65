"""Enquiries to customer service, in our own template.

Planted: answered within a minute, people pay ``FAST_LIFT`` times as often. Nights are answered
later and sell less by themselves, so plain rates overstate it; the last agent of each shop answers
late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ecom.demo import write as w
from ecom.demo.shops import SITE, TMALL
from ecom.demo.timeline import Timeline
from ecom.demo.world import World
from ecom.demo.write import DemoFile
from ecom.store.staging import Shop
from ecom.text import message

FAST_LIFT = 1.4
FAST_SECONDS = 60
_LAYOUT = "own_service"
_ENCODING = "utf-8-sig"
_QUEUES = ("售前", "售后")
_PRE_SALE = 0.8  # of all enquiries
_PAID = np.array([0.26, 0.06])  # of those answered later than a minute, by day
_NIGHT_ENDS, _NIGHT_BEGINS = 8, 23
_NIGHT_PAID = 0.6  # times as often as by day
_FAST_BY_DAY, _FAST_BY_NIGHT = 0.72, 0.25
_LATE_AGENT = 0.5  # answers so much as often within a minute
_LONGEST = 7_200  # seconds
_NEVER = 0.08  # of those that are not answered within a minute
_BY_HOUR = np.array([2, 1, 1, 1, 1, 1, 2, 3, 4, 6, 7, 7, 6, 6, 7, 7, 6, 6, 6, 8, 10, 10, 8, 4.0])


@dataclass(frozen=True, slots=True)
class _Desk:
    """The people who answer for a shop; ``daily`` enquiries at scale 1."""

    shop: Shop
    agents: tuple[str, ...]
    daily: float
    order_fen: int


_DESKS = (
    _Desk(TMALL, ("小满", "小夏", "小秋", "小寒"), 40.0, 21_000),
    _Desk(SITE, ("Lily", "Sam", "Wei"), 14.0, 26_000),
)


def write_service(folder: Path, world: World) -> Iterator[DemoFile]:
    """Write the enquiries of the shops that have a service desk into their folders."""
    for desk in _DESKS:
        path = folder / desk.shop.shop_id / f"{_LAYOUT}.csv"
        w.write_csv(path, _enquiries(desk, world.timeline), encoding=_ENCODING)
        yield DemoFile(path, desk.shop, _LAYOUT, message("Enquiries to customer service"))


def _enquiries(desk: _Desk, timeline: Timeline) -> pa.Table:
    rng = timeline.rng("service", desk.shop.shop_id)
    day = np.repeat(
        np.arange(timeline.days), rng.poisson(desk.daily * timeline.scale, timeline.days)
    )
    rows = len(day)
    hour = rng.choice(24, rows, p=_BY_HOUR / _BY_HOUR.sum())
    queue = (rng.random(rows) >= _PRE_SALE).astype(np.int64)
    agent = rng.integers(len(desk.agents), size=rows)
    night = (hour < _NIGHT_ENDS) | (hour >= _NIGHT_BEGINS)
    chance = np.where(night, _FAST_BY_NIGHT, _FAST_BY_DAY)
    chance = chance * np.where(agent == len(desk.agents) - 1, _LATE_AGENT, 1.0)
    fast = rng.random(rows) < chance
    never = ~fast & (rng.random(rows) < _NEVER)
    quick = rng.integers(4, FAST_SECONDS, rows)
    late = np.minimum(FAST_SECONDS + rng.exponential(280.0, rows), _LONGEST).astype(np.int64)
    usual = _PAID[queue] * np.where(night, _NIGHT_PAID, 1.0)
    paid = rng.random(rows) < usual * np.where(fast, FAST_LIFT, 1.0)
    amount = np.round(desk.order_fen * rng.lognormal(0.0, 0.4, rows), -2).astype(np.int64)
    moment = timeline.times(day, hour * 3_600 + rng.integers(3_600, size=rows))
    waits = (None, *map(str, range(1, _LONGEST + 1)))
    prefix = f"{desk.shop.shop_id[0].upper()}-"
    return pa.table(
        {
            "enquiry_id": w.affix(w.text(np.arange(rows) + 1), before=prefix),
            "opened_at": w.clock(moment),
            "queue": w.pick(_QUEUES, queue),
            # Nobody has a conversation that nobody answered.
            "agent": w.pick((*desk.agents, ""), np.where(never, len(desk.agents), agent)),
            "first_response_seconds": w.pick(
                waits, np.where(never, 0, np.where(fast, quick, late))
            ),
            "paid_amount": w.optional_money(amount, paid),
            "currency": w.same("CNY", rows),
        }
    )
