"""Which products visits had seen: all of some, and those of them that are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
from sqlalchemy import ColumnElement, case, func, select, true

from ecom.queries.carts import product_names
from ecom.queries.passages import visits_of
from ecom.queries.scope import ResolvedScope
from ecom.queries.visits import of_visit
from ecom.schema import events, sessions
from ecom.store import Store
from ecom.store.functions import number_of

_MOST = 200  # products


def step_products(
    store: Store,
    resolved: ResolvedScope,
    *,
    shops: Sequence[str],
    before: str | None,
    step: str,
) -> pd.DataFrame:
    """Count the visits of the period that saw each product, by how they passed a step.

    Parameters
    ----------
    before, step : event names of the step before (None: the visit itself) and of the step.

    Returns
    -------
    DataFrame
        ``product`` (its name, else its id), ``at`` and ``on``: visits that did the step before, and
        those of them that did the step as well; most first, ``_MOST`` at most.
    """
    came: ColumnElement[bool] = (
        true() if before is None else sessions.c[f"first_{before}_at"].is_not(None)
    )
    went_on = sessions.c[f"first_{step}_at"].is_not(None)
    return products_seen(store, resolved, shops=shops, among=came, looked_at=went_on)


def products_seen(
    store: Store,
    resolved: ResolvedScope,
    *,
    shops: Sequence[str],
    among: ColumnElement[bool],
    looked_at: ColumnElement[bool],
    most: Literal["at", "on"] = "at",
) -> pd.DataFrame:
    """Count the visits of the period that saw each product.

    Parameters
    ----------
    among, looked_at : conditions on ``sessions``: which visits count, and which of them are looked
        at.
    most : of which the most come first.

    Returns
    -------
    DataFrame
        ``product`` (its name, else its id), ``at`` and ``on``: visits that count, and those of them
        that are looked at; ``_MOST`` at most.
    """
    product = func.coalesce(func.nullif(events.c.product_id, ""), events.c.sku)
    one = number_of(sessions.c.shop_id, sessions.c.visitor_id, sessions.c.session_key)
    columns: dict[str, ColumnElement[Any]] = {
        "at": func.count(one.distinct()),
        "on": func.count(case((looked_at, one)).distinct()),
    }
    seen = (
        select(product.label("product"), *(one.label(name) for name, one in columns.items()))
        .select_from(events.join(sessions, of_visit(sessions)))
        .where(
            events.c.is_current,
            events.c.event_name == "view_item",
            product.is_not(None),
            product != "",
            # A visit's events are of its day or, past midnight, of the day after.
            events.c.event_date >= resolved.period.start,
            *visits_of(resolved, resolved.period, shops=shops),
            among,
        )
        .group_by(product)
        .order_by(columns[most].desc(), product)
        .limit(_MOST)
    )
    frame = store.read(seen)
    names = product_names(store) if len(frame) else {}
    return frame.assign(product=[names.get(str(one), str(one)) for one in frame["product"]])
