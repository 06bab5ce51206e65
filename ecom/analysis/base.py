"""What every report is made of: a header, key figures, tables with declared columns, remarks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ecom.metrics import Metric, metric
from ecom.model import Amount, Delta, Good, Grain, Notice, Period, Unit
from ecom.queries.scope import ResolvedScope
from ecom.text import Text, message


@dataclass(frozen=True, slots=True)
class Header:
    """What a report speaks of; shown under the page's title and kept in every export."""

    period: Period
    base: Period | None
    requested: Period
    currency: str
    shops: tuple[str, ...]
    store_version: int
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure.

    Attributes
    ----------
    metric : key in ``ecom.metrics``.
    delta : value and the like-for-like base.
    points : (day or start of week, value) over the period, oldest first, for the sparkline.
    note : a limit of just this number, if any.
    """

    metric: str
    delta: Delta
    points: tuple[tuple[date, float | None], ...] = ()
    note: Text | None = None

    @property
    def definition(self) -> Metric:
        """The catalogue's entry."""
        return metric(self.metric)


@dataclass(frozen=True, slots=True)
class Column:
    """A declared column of a table.

    Attributes
    ----------
    terms : the cells are names from ``ecom.terms`` (channels, devices) and are shown in the
        reader's language; other text is data and stays as it is.
    grain : the days in the cells stand for the month or week that begins on them.
    """

    key: str
    label: Text | str
    unit: Unit | None = None  # None: text or a date
    good: Good = Good.NEITHER
    help: Text | None = None
    terms: bool = False
    grain: Grain = Grain.DAY

    @classmethod
    def of(cls, key: str) -> Column:
        """The column that shows a metric."""
        entry = metric(key)
        return cls(key, entry.label, entry.unit, entry.good, entry.definition)


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """Rows with declared columns: the frame has exactly these columns, in this order."""

    frame: pd.DataFrame
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if list(self.frame.columns) != keys:
            raise ValueError(f"frame columns {list(self.frame.columns)} are not {keys}")

    @classmethod
    def make(cls, frame: pd.DataFrame, *columns: Column) -> Table:
        """Take the declared columns of a frame, in their order."""
        return cls(frame[[column.key for column in columns]].reset_index(drop=True), columns)

    @classmethod
    def without_rows(cls, *columns: Column) -> Table:
        """The columns alone, where there is nothing to list."""
        return cls.make(pd.DataFrame(columns=[column.key for column in columns]), *columns)

    def only(self, *keys: str) -> Table:
        """The table with some of its columns, in its own order."""
        kept = tuple(column for column in self.columns if column.key in keys)
        return Table.make(self.frame, *kept)

    @property
    def is_empty(self) -> bool:
        """Whether there are no rows."""
        return self.frame.empty


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a page that has no data, and the exports (layout ids) that would fill it."""

    what: Text
    layouts: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Report:
    """The part all reports share. ``headline`` says the page in one sentence made of numbers."""

    header: Header
    headline: Text
    kpis: tuple[Kpi, ...]
    gaps: tuple[Gap, ...] = ()
    notices: tuple[Notice, ...] = ()


NO_CATEGORIES = Notice(message("Visits are not split by category: that filter is left alone here."))


def header_of(resolved: ResolvedScope, *, is_compared: bool = True) -> Header:
    """The header of a report on this scope.

    Parameters
    ----------
    is_compared : whether the report holds anything against the comparison period. One that does
        not names none.
    """
    return Header(
        period=resolved.period,
        base=resolved.base if is_compared else None,
        requested=resolved.requested,
        currency=resolved.currency,
        shops=resolved.shops,
        store_version=resolved.store_version,
        last_day=resolved.last_day,
    )


def words(sentences: Iterable[Text | Amount | Period | str | date]) -> pd.Series:
    """A column of sentences, amounts, days and periods, written for the reader when it is shown."""
    return pd.Series(list(sentences), dtype="object")


def kpi(
    key: str,
    *,
    now: dict[str, float | None],
    before: dict[str, float | None] | None = None,
    daily: pd.DataFrame | None = None,
    note: Text | None = None,
) -> Kpi:
    """Make a key figure from summed measures.

    Parameters
    ----------
    now, before : measures of the period and of its base, by the names in ``ecom.metrics``.
    daily : index = day, columns = the same measures; gives the sparkline where both are there.
    """
    entry = metric(key)
    points: tuple[tuple[date, float | None], ...] = ()
    needed = {entry.numerator, entry.denominator or entry.numerator}
    if daily is not None and needed <= set(daily.columns):
        names = sorted(needed)
        columns = (daily[name].tolist() for name in names)
        points = tuple(
            (day, entry.value(dict(zip(names, values, strict=True))))
            for day, *values in zip(daily.index, *columns, strict=True)
        )
    return Kpi(
        metric=key,
        delta=Delta(entry.value(now), None if before is None else entry.value(before)),
        points=points,
        note=note,
    )
