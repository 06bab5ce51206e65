"""The reports of pages and their parts. The app, command line, exports and tests all ask here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ecom.analysis import (
    budget,
    carts,
    content,
    drilldown,
    experiments,
    funnel,
    hour_visits,
    inventory,
    keywords,
    leaks,
    overview,
    own_funnel,
    paths,
    product_funnel,
    retention,
    service,
    step_segments,
    traffic,
    traffic_changes,
    traffic_quality,
)
from ecom.analysis.base import Report
from ecom.errors import InvalidParameter
from ecom.model import Scope
from ecom.store import Store

REPORTS: dict[str, Callable[..., Report]] = {
    "overview": overview.report,
    "traffic": traffic.report,
    "hour_visits": hour_visits.report,
    "traffic_quality": traffic_quality.report,
    "drilldown": drilldown.report,
    "traffic_changes": traffic_changes.report,
    "keywords": keywords.report,
    "content": content.report,
    "paths": paths.report,
    "funnel": funnel.report,
    "step_segments": step_segments.report,
    "own_funnel": own_funnel.report,
    "leaks": leaks.report,
    "carts": carts.report,
    "product_funnel": product_funnel.report,
    "service": service.report,
    "experiments": experiments.report,
    "retention": retention.report,
    "inventory": inventory.report,
    "budget": budget.report,
}


def report(store: Store, page: str, scope: Scope | None = None, **options: Any) -> Report:
    """Answer a page or a part of one.

    Parameters
    ----------
    page : a key of ``REPORTS``.
    scope : default: the last 30 days of data, compared with the 30 before.
    options : what this report takes besides, such as the funnel's ``unit``.

    Raises
    ------
    InvalidParameter
        There is no such page.
    """
    if page not in REPORTS:
        raise InvalidParameter.not_one_of("page", page, REPORTS)
    return REPORTS[page](store, scope or Scope(), **options)
