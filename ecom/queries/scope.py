"""From what the reader chose to what is asked: concrete periods, shops and one currency."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select

from ecom import schema
from ecom.model import Comparison, Notice, Period, Scope
from ecom.queries.currency import left_out_orders, one_currency, with_currencies
from ecom.queries.regions import Spellings, spellings
from ecom.settings import Settings
from ecom.store import Shop, Store, shop_names
from ecom.text import message

DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class ResolvedScope:
    """A scope with every blank filled in.

    Attributes
    ----------
    period : the days asked for, cut at the last day that has data.
    base : the days compared with, as long as ``period`` is; None without a comparison.
    requested : the days asked for before the cut; longer than ``period`` when unfinished.
    shops : ids; never empty unless the store is.
    currency : ISO code of all money in the report; "" when no shop says.
    first_day, last_day : the days the data of these shops spans; None when there is none.
    known_shops : all shops of the store, those outside the scope, too.
    spellings : the provinces that the data has several names of.
    """

    scope: Scope
    settings: Settings
    period: Period
    base: Period | None
    requested: Period
    shops: tuple[str, ...]
    currency: str
    first_day: date | None
    last_day: date | None
    store_version: int
    notices: tuple[Notice, ...] = ()
    known_shops: tuple[Shop, ...] = ()
    spellings: Spellings = field(default_factory=Spellings)

    @property
    def shop_names(self) -> dict[str, str]:
        """What every known shop is called, by its id."""
        return shop_names(self.known_shops)

    def named(self, shops: Iterable[str]) -> list[str]:
        """What some shops are called, in their order; an id nobody knows stays."""
        names = self.shop_names
        return [names.get(shop, shop) for shop in shops]

    @property
    def is_unfinished(self) -> bool:
        """Whether days of the requested period are still to come."""
        return self.requested.end > self.period.end

    def periods(self) -> tuple[Period, ...]:
        """The period and, with a comparison, its base."""
        return (self.period,) if self.base is None else (self.period, self.base)


def resolve(store: Store, scope: Scope) -> ResolvedScope:
    """Fill in what a scope leaves open, from the store's data and settings.

    Shops in another currency than the report's are left out, with a notice, and so are single
    orders of the others: unlike currencies are never added. A period that runs past the last day of
    data is cut there, and compared with the same elapsed part.
    """
    settings = store.settings
    known = with_currencies(store, store.shops())
    shops, currency, notices = one_currency(known, scope.shops, settings.currency)
    first, last = _span(store, shops)
    today = last or date.today()  # noqa: DTZ011  (an empty store has no day of its own)
    requested = scope.period or Period(today - timedelta(DEFAULT_DAYS - 1), today)
    period = requested.clip(last=today) or requested
    base, base_notice = _base(store, scope.comparison, requested, period)
    left_out = left_out_orders(store, known, shops=shops, currency=currency, period=period)
    return ResolvedScope(
        scope=scope,
        settings=settings,
        period=period,
        base=base,
        requested=requested,
        shops=shops,
        currency=currency,
        first_day=first,
        last_day=last,
        store_version=store.version,
        notices=(*notices, *left_out, *base_notice),
        known_shops=known,
        spellings=spellings(store),
    )


def in_scope(
    resolved: ResolvedScope,
    facts: FromClause,
    *,
    skip: tuple[str, ...] = (),
) -> list[ColumnElement[bool]]:
    """Conditions for the shops, channels, devices, regions and categories a table knows of.

    Parameters
    ----------
    facts : a table or subquery; a dimension is filtered when it has a column of that name.
    skip : dimensions to leave alone (the one a report breaks down by keeps its filter, too, so
        this is for tables that keep a dimension under another meaning).
    """
    scope = resolved.scope
    wanted = {
        "channel": scope.channels,
        "category": scope.categories,
        "device": scope.devices,
        "region": resolved.spellings.all_of(scope.regions),
    }
    conditions: list[ColumnElement[bool]] = []
    if "shop_id" in facts.c and "shop_id" not in skip:
        conditions.append(facts.c.shop_id.in_(resolved.shops))
    conditions += [
        facts.c[name].in_(values)
        for name, values in wanted.items()
        if values and name in facts.c and name not in skip
    ]
    return conditions


def in_currency(resolved: ResolvedScope, facts: FromClause) -> ColumnElement[bool]:
    """The condition that a row's money is in the report's currency.

    A row that says no currency is in its shop's.
    """
    return func.coalesce(facts.c.currency, "").in_(("", resolved.currency))


def advertising_scope(resolved: ResolvedScope) -> ResolvedScope:
    """The scope without the filters on what ad spend does not know: category, device, region."""
    return replace(resolved, scope=replace(resolved.scope, categories=(), devices=(), regions=()))


def within(column: ColumnElement[Any], period: Period) -> ColumnElement[bool]:
    """The condition that a day lies in a period."""
    return column.between(period.start, period.end)


def within_any(day: ColumnElement[Any], periods: Collection[Period]) -> ColumnElement[bool]:
    """The condition that a day lies in one of some periods."""
    return and_(
        # The whole span as well: an engine skips blocks by a plain range, not by alternatives.
        day >= min(period.start for period in periods),
        day <= max(period.end for period in periods),
        or_(*(within(day, period) for period in periods)),
    )


def _span(store: Store, shops: tuple[str, ...]) -> tuple[date | None, date | None]:
    """The first and last day of all dated facts of some shops; stock belongs to all shops."""
    found = schema.fact_spans.c
    row = store.read(
        select(
            func.min(found.first_day).label("first"), func.max(found.last_day).label("last")
        ).where(or_(found.shop_id.in_(shops), found.fact == schema.inventory_snapshots.name))
    ).iloc[0]
    if pd.isna(row["first"]):
        return None, None
    return pd.Timestamp(row["first"]).date(), pd.Timestamp(row["last"]).date()


def _base(
    store: Store, comparison: Comparison, requested: Period, period: Period
) -> tuple[Period | None, tuple[Notice, ...]]:
    match comparison:
        case Comparison.NONE:
            return None, ()
        case Comparison.PREVIOUS:
            return _previous(requested, period), ()
        case Comparison.YEAR:
            return period.shift(-364), ()
        case Comparison.CAMPAIGN:
            offset = _campaign_offset(store, period)
            if offset is None:
                return period.shift(-364), (
                    Notice(
                        message(
                            "No campaign of this period has one of the same name before it; "
                            "compared with the same weekdays a year earlier."
                        )
                    ),
                )
            return period.shift(-offset), ()


def _previous(requested: Period, period: Period) -> Period:
    """The span before, of equal elapsed length; whole calendar months step back by months."""
    after = requested.end + timedelta(1)
    if requested.start.day == 1 and after.day == 1:
        months = (after.year - requested.start.year) * 12 + after.month - requested.start.month
        index = requested.start.year * 12 + requested.start.month - 1 - months
        start = date(index // 12, index % 12 + 1, 1)
        whole = requested.end == period.end
        last = requested.start - timedelta(1)
        end = last if whole else min(start + timedelta(period.days - 1), last)
        return Period(start, end)
    start = requested.before().start
    return Period(start, start + timedelta(period.days - 1))


def _campaign_offset(store: Store, period: Period) -> int | None:
    """Days between the latest campaign in the period and its namesake before; None without one."""
    table = schema.calendar_events
    frame = store.read(
        select(table.c.name, table.c.start_date, table.c.end_date)
        .where(table.c.is_current)
        .order_by(table.c.start_date)
    )
    starts = frame.assign(
        start=pd.to_datetime(frame["start_date"]).dt.date,
        end=pd.to_datetime(frame["end_date"]).dt.date,
    )
    inside = starts[(starts["start"] <= period.end) & (starts["end"] >= period.start)]
    for row in reversed(list(inside.itertuples())):
        earlier = starts[(starts["name"] == row.name) & (starts["start"] < row.start)]
        if len(earlier):
            return int((row.start - earlier["start"].iloc[-1]).days)
    return None
