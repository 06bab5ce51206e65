"""The filters of the command line as a scope; a name that the data does not have is refused."""

from __future__ import annotations

import argparse
from datetime import date, timedelta

from ecom.errors import InvalidParameter
from ecom.model import Comparison, Period, Scope
from ecom.queries.options import MOST, filter_options
from ecom.queries.scope import DEFAULT_DAYS
from ecom.store import Store
from ecom.text import message

_NAMES_SHOWN = 12


def scope_of(options: argparse.Namespace) -> Scope:
    """The scope that ``report``'s options describe.

    Raises
    ------
    InvalidParameter
        A date is none, or the period ends before it starts.
    """
    return Scope(
        period=period_of(options.start, options.end),
        comparison=Comparison(options.compare),
        shops=tuple(options.shop),
        channels=tuple(options.channel),
        categories=tuple(options.category),
        devices=tuple(options.device),
        regions=tuple(options.region),
    )


def check_names(store: Store, scope: Scope) -> None:
    """Refuse a misspelt filter, which would otherwise look like a day without business.

    Raises
    ------
    InvalidParameter
        With the names there are.
    """
    known = filter_options(store)
    shops = tuple(shop.shop_id for shop in known.shops)
    for option, given, names in (
        ("--shop", scope.shops, shops),
        ("--channel", scope.channels, known.channels),
        ("--category", scope.categories, known.categories),
        ("--device", scope.devices, known.devices),
        ("--region", tuple(map(known.spellings.name_of, scope.regions)), known.regions),
    ):
        unknown = [name for name in given if name not in names]
        complete = 0 < len(names) < MOST  # else a name may exist that is not listed
        if unknown and complete:
            raise InvalidParameter(
                message("{option}: the data has no “{given}”.", option=option, given=unknown[0]),
                message("It has {names}.", names=_some(names)),
            )


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    return names if len(names) <= _NAMES_SHOWN else (*names[:_NAMES_SHOWN], "…")


def period_of(start: str | None, end: str | None) -> Period | None:
    """The period of ``--from`` and ``--to``; None when neither is given.

    Raises
    ------
    InvalidParameter
        A date is none, or the period ends before it starts.
    """
    if start is None and end is None:
        return None
    last = date.today() if end is None else _day(end)  # noqa: DTZ011  (the reader's own day)
    first = last - timedelta(DEFAULT_DAYS - 1) if start is None else _day(start)
    return Period(first, last)


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise InvalidParameter(
            message("“{given}” is not a day.", given=value),
            message("Write it as 2026-11-11."),
        ) from error
