"""Products that visits looked at or bought, from event logs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from sqlalchemy import case, func, literal, select

from ecom.model import Period
from ecom.queries.scope import ResolvedScope, in_currency, within_any
from ecom.queries.traffic_facts import TrafficFacts, summed_up
from ecom.queries.traffic_sources import choose, placed, visit_keys, with_days
from ecom.queries.traffic_sums import SUMS, visits_inside
from ecom.queries.visits import of_visit, with_next_day
from ecom.schema import events, sessions
from ecom.store import Store

_TOLD = ("visitor_days", "sessions", "buyer_days", "traffic_gmv")
_STEPS = ("view_item", "add_to_cart", "begin_checkout", "purchase")


def product_facts(
    store: Store,
    resolved: ResolvedScope,
    periods: Collection[Period],
    *,
    within: Mapping[str, str],
    covered: pd.DataFrame,
) -> tuple[TrafficFacts, ...]:
    """Visits of each period by the products they looked at, or went on with, in order.

    A visit that sees several products counts at each. Buyers and money are of the product itself.

    Parameters
    ----------
    within : the parts that the visits lie in, by dimension; see ``traffic_splits``.
    covered : answer of ``coverage`` for these periods.

    Returns
    -------
    tuple of TrafficFacts
        In the order of ``periods``; ``part`` is the SKU, else the platform's product id.
    """
    visit = (
        select(sessions).where(*visits_inside(resolved, periods, within)).subquery("visit_inside")
    )
    product = func.coalesce(func.nullif(events.c.sku, ""), func.nullif(events.c.product_id, ""))
    visit_id = visit.c.visitor_id + literal("\t") + visit.c.session_key
    is_bought = events.c.event_name == "purchase"
    paid = case((is_bought & in_currency(resolved, events), events.c.value))
    rows = store.read(
        select(
            *visit_keys(visit.c.shop_id, visit.c.session_date),
            product.label("part"),
            func.count(func.distinct(visit.c.visitor_id)).label("visitor_days"),
            func.count(func.distinct(visit_id)).label("sessions"),
            func.count(func.distinct(case((is_bought, visit.c.visitor_id)))).label("buyer_days"),
            func.coalesce(func.sum(paid), 0).label("traffic_gmv"),
        )
        .select_from(events.join(visit, of_visit(visit)))
        .where(
            events.c.is_current,
            events.c.event_name.in_(_STEPS),
            product.is_not(None),
            within_any(events.c.event_date, [with_next_day(one) for one in periods]),
        )
        .group_by(visit.c.shop_id, visit.c.session_date, product)
        .order_by(visit.c.shop_id, visit.c.session_date, product)
    )
    facts = with_days(rows).assign(**{name: np.nan for name in SUMS if name not in _TOLD})
    facts = placed(facts.astype(dict.fromkeys(SUMS, "float64")), covered)
    chosen = [choose(covered, period, needs={"landing"}) for period in periods]
    return summed_up(periods, [choice.of(facts) for choice in chosen], chosen)
