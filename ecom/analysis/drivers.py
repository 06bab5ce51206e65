"""Why GMV moved: visitors × conversion × spend per buyer, and what has no visitor counts."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.model import Amount, Good, Unit
from ecom.models.drivers import split_change
from ecom.text import Text, message

Measures = Mapping[str, float | None]

COLUMNS = (
    Column("driver", message("Driver")),
    Column("before", message("Before")),
    Column("now", message("Now")),
    Column("effect", message("Accounts for"), Unit.MONEY, Good.UP,
           message("Part of the change of GMV: the mean over all orders in which the drivers can "
                   "change (Shapley). The parts add up. It is arithmetic, not a cause.")),
)  # fmt: skip


def drivers_table(now: Measures, before: Measures | None, *, currency: str) -> Table:
    """Split the change of GMV between its drivers.

    Parameters
    ----------
    now, before : measures of sales (``gmv``) and traffic (``visitor_days_with_buyers``,
        ``buyer_days``, ``traffic_gmv``) of the period and its base.

    Returns
    -------
    Table
        ``COLUMNS``; the effects add up to the change of GMV. Empty without a comparison or when
        either side has no visitors and buyers of the same shops and days.
    """
    rows: list[tuple[Text, Amount, Amount, float]] = []
    factors = [_factors(side) for side in (before, now) if side is not None]
    if before is not None and now["gmv"] is not None and before["gmv"] is not None and all(factors):
        units = (Unit.COUNT, Unit.RATIO, Unit.MONEY)
        labels = (
            message("Visitors, counted once a day"),
            message("Conversion"),
            message("Spend per buyer and day"),
        )
        parts = split_change(*factors)
        rows = [
            (label, Amount(then, unit, currency), Amount(today, unit, currency), part)
            for label, unit, then, today, part in zip(labels, units, *factors, parts, strict=True)
        ]
        rest = [
            (side["gmv"] or 0.0) - math.prod(part)
            for side, part in zip((before, now), factors, strict=True)
        ]
        rows.append(
            (
                message("Sales on shops and days without visitor counts"),
                Amount(rest[0], Unit.MONEY, currency),
                Amount(rest[1], Unit.MONEY, currency),
                rest[1] - rest[0],
            )
        )
    frame = pd.DataFrame(
        {
            "driver": words(row[0] for row in rows),
            "before": words(row[1] for row in rows),
            "now": words(row[2] for row in rows),
            "effect": pd.Series([row[3] for row in rows], dtype="float64"),
        }
    )
    return Table.make(frame, *COLUMNS)


def _factors(measures: Measures) -> tuple[float, ...]:
    """Visitors, conversion, spend per buyer; () when one is not known."""
    visitors, buyers, money = (
        measures.get(name) for name in ("visitor_days_with_buyers", "buyer_days", "traffic_gmv")
    )
    if not visitors or not buyers or money is None:
        return ()
    return (visitors, buyers / visitors, money / buyers)
