"""What the overview would show after a file is loaded, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecom.analysis import overview
from ecom.analysis.base import Column, Table, words
from ecom.metrics import metric
from ecom.model import Amount, Comparison, Delta, Period, Scope
from ecom.queries.scope import resolve
from ecom.schema import FACTS
from ecom.store import Staged, Store
from ecom.text import message

# The overview's key figures, and what stands behind them.
FIGURES = (*overview.KPIS, "daily_visitors", "page_views", "stock_units", "stock_value")
COLUMNS = (
    Column("figure", message("Figure")),
    Column("before", message("Today")),
    Column("after", message("After loading")),
    Column("change", message("Change")),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric (key in ``ecom.metrics``) today, ``delta.base``, and after, ``delta.value``."""

    metric: str
    delta: Delta

    @property
    def changes(self) -> bool:
        """Whether loading makes a difference to it."""
        return self.delta.value != self.delta.base


@dataclass(frozen=True, slots=True)
class Effect:
    """What loading would change.

    Attributes
    ----------
    scope : what was looked at: the days the file covers (the last 30 days of data where it covers
        none) and the shops it belongs to; no shop for tables of the whole company.
    period : the days of ``scope``, cut at the last one known after loading.
    currency : ISO code of the money after loading.
    figures : all of ``FIGURES``, changed or not.
    """

    scope: Scope
    period: Period
    currency: str
    figures: tuple[Figure, ...]

    @property
    def changed(self) -> tuple[Figure, ...]:
        """The figures that would differ."""
        return tuple(figure for figure in self.figures if figure.changes)


def effect(store: Store, *staged: Staged) -> Effect:
    """Compute the overview's figures as they are, and as they would be with these tables.

    The tables are loaded and rolled back (``Store.trial``); nobody else sees them. What stands in
    ``after`` is what ``overview.report`` answers for ``Effect.scope`` once they are loaded.
    """
    scope = _scope(staged)
    before = overview.figures(store, resolve(store, scope))
    with store.trial(*staged) as trial:
        resolved = resolve(trial, scope)
        after = overview.figures(trial, resolved)
    entries = {key: metric(key) for key in FIGURES}
    return Effect(
        scope=scope,
        period=resolved.period,
        currency=resolved.currency,
        figures=tuple(
            Figure(key, Delta(entry.value(after), entry.value(before)))
            for key, entry in entries.items()
        ),
    )


def effect_table(shown: Effect) -> Table:
    """The figures that would change, as a table; ``COLUMNS``."""
    rows = [(figure, metric(figure.metric)) for figure in shown.changed]
    frame = {
        "figure": words(entry.label for _, entry in rows),
        "before": words(Amount(f.delta.base, entry.unit, shown.currency) for f, entry in rows),
        "after": words(Amount(f.delta.value, entry.unit, shown.currency) for f, entry in rows),
        "change": words(Amount(f.delta.absolute, entry.unit, shown.currency) for f, entry in rows),
    }
    return Table.make(pd.DataFrame(frame), *COLUMNS)


def _scope(staged: tuple[Staged, ...]) -> Scope:
    starts = [one.period_start for one in staged if one.period_start is not None]
    ends = [one.period_end for one in staged if one.period_end is not None]
    tables = [FACTS[name] for one in staged for name in one.tables]
    of_shops = all("shop_id" in table.c for table in tables)
    return Scope(
        period=Period(min(starts), max(ends)) if starts and ends else None,
        comparison=Comparison.NONE,
        shops=tuple(sorted({one.shop.shop_id for one in staged})) if of_shops else (),
    )
