"""Which products the visits at a step had seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, case, func, select, true

from ecom.queries.carts import product_names
from ecom.queries.scope import ResolvedScope, in_scope, within
from ecom.queries.visits import of_visit
from ecom.schema import events, sessions
from ecom.store import Store
from ecom.store.functions import number_of

_MOST = 200  # products that most of these visits saw


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
    visit = sessions.c
    came: ColumnElement[bool] = (
        true() if before is None else visit[f"first_{before}_at"].is_not(None)
    )
    went_on = and_(came, visit[f"first_{step}_at"].is_not(None))
    product = func.coalesce(func.nullif(events.c.product_id, ""), events.c.sku)
    one = number_of(visit.shop_id, visit.visitor_id, visit.session_key)
    at = func.count(one.distinct()).label("at")
    columns: list[ColumnElement[Any]] = [
        product.label("product"),
        at,
        func.count(case((went_on, one)).distinct()).label("on"),
    ]
    seen = (
        select(*columns)
        .select_from(events.join(sessions, of_visit(sessions)))
        .where(
            events.c.is_current,
            events.c.event_name == "view_item",
            product.is_not(None),
            product != "",
            # A visit's events are of its day or, past midnight, of the day after.
            events.c.event_date >= resolved.period.start,
            within(visit.session_date, resolved.period),
            visit.shop_id.in_(shops),
            came,
            *in_scope(resolved, sessions),
        )
        .group_by(product)
        .order_by(at.desc(), product)
        .limit(_MOST)
    )
    frame = store.read(seen)
    names = product_names(store) if len(frame) else {}
    return frame.assign(product=[names.get(str(one), str(one)) for one in frame["product"]])
