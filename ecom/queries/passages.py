"""Visits by what they are and how far they went: one query for all splits and their pairs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

import pandas as pd
from sqlalchemy import ColumnElement, and_, case, func, select, true

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.schema import sessions
from ecom.store import Store

OTHER = "Other"
SPLITS = ("channel", "device", "landing_page", "region", "visitor")
_MOST_PAGES = 12


def visit_passages(
    store: Store,
    resolved: ResolvedScope,
    period: Period,
    *,
    shops: Sequence[str],
    steps: Sequence[str],
) -> pd.DataFrame:
    """Count the visits of each day by ``SPLITS`` and by how they passed each step.

    Parameters
    ----------
    shops : whose visits; the scope's filters hold besides.
    steps : event names that visits keep the first time of, in order.

    Returns
    -------
    DataFrame
        ``day`` (timestamp), ``SPLITS`` (text, "" for none; of landing pages the commonest of the
        period, the others as ``OTHER``; visitor: "true" for new ones). Then for each step in turn
        ``at_<step>``, visits that did the step before (of the first: all), and ``on_<step>``, those
        of them that did it as well.
    """
    visit = sessions.c
    chosen = visits_of(resolved, period, shops=shops)
    splits = split_columns(store, resolved, chosen)
    keys = [visit.session_date.label("day"), *(part.label(name) for name, part in splits.items())]
    did: list[ColumnElement[bool]] = [
        true(),
        *(visit[f"first_{step}_at"].is_not(None) for step in steps),
    ]
    counts = []
    for step, (before, now) in zip(steps, pairwise(did), strict=True):
        counts.append(count_if(before).label(f"at_{step}"))
        counts.append(count_if(and_(before, now)).label(f"on_{step}"))
    asked = select(*keys, *counts).where(*chosen).group_by(visit.session_date, *splits.values())
    frame = store.read(asked.order_by(*(key.name for key in keys)))
    return frame.assign(day=pd.to_datetime(frame["day"]))


def visits_of(
    resolved: ResolvedScope, period: Period, *, shops: Sequence[str]
) -> list[ColumnElement[bool]]:
    """The conditions that a visit is of the shops and the period and passes the filters."""
    visit = sessions.c
    inside = [visit.shop_id.in_(shops), within(visit.session_date, period)]
    return [*inside, *in_scope(resolved, sessions)]


def split_columns(
    store: Store, resolved: ResolvedScope, chosen: Collection[ColumnElement[bool]]
) -> dict[str, ColumnElement[str]]:
    """What visits are told apart by, as text, by the names of ``SPLITS``.

    Parameters
    ----------
    chosen : the visits whose commonest landing pages are told apart; the others are ``OTHER``.
    """
    visit = sessions.c
    page = func.coalesce(visit.landing_page, "")
    common = (
        select(page.label("page"))
        .where(*chosen)
        .group_by(page)
        .order_by(func.count().desc(), page)
        .limit(_MOST_PAGES)
    )
    pages = store.read(common)["page"].tolist()
    return {
        "channel": func.coalesce(visit.channel, ""),
        "device": func.coalesce(visit.device, ""),
        "landing_page": case((page.in_(pages), page), else_=OTHER),
        "region": resolved.spellings.joined(func.coalesce(visit.region, "")),
        "visitor": case((visit.is_new_visitor, "true"), else_="false"),
    }


def count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows meet a condition."""
    return func.sum(case((condition, 1), else_=0))
