"""The metric catalogue: every number a person reads is defined here, once, by subject.

Tooltips, glossary, targets, alerts, exports and tests read this catalogue.
"""

from __future__ import annotations

from ecom.errors import InvalidParameter
from ecom.metrics import content, funnel, inventory, marketing, retention, sales, service, traffic
from ecom.metrics.base import Metric

METRICS: dict[str, Metric] = {
    entry.key: entry
    for subject in (sales, traffic, funnel, retention, inventory, marketing, content, service)
    for entry in subject.METRICS
}


def metric(key: str) -> Metric:
    """Look a metric up.

    Raises
    ------
    InvalidParameter
        No metric has this key.
    """
    if key not in METRICS:
        raise InvalidParameter.not_one_of("metric", key, sorted(METRICS))
    return METRICS[key]


__all__ = ["METRICS", "Metric", "metric"]
