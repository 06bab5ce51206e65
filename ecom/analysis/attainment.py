"""Targets against what is so, at the pace of the days that have passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.metrics import METRICS, Metric
from ecom.model import Amount, Good, Period, Scope, Unit
from ecom.queries import customers, marketing, sales, stock, traffic
from ecom.queries.coverage import active_shops
from ecom.queries.scope import ResolvedScope
from ecom.queries.targets import targets_on
from ecom.store import Store
from ecom.text import message

Measures = Mapping[str, float | None]

CLOSE = 0.95
"""Attainment from here up to 1 is close; below it is behind."""

LEVELS = {
    "results": message("Results"),
    "customers": message("Customers"),
    "operations": message("Operations"),
}
STATUSES = {
    "reached": message("On track"),
    "close": message("Nearly there"),
    "behind": message("Behind"),
    "unknown": message("Not known"),
}

COLUMNS = (
    Column("level", message("Level")),
    Column("metric", message("Metric")),
    Column("shop", message("Shop")),
    Column("owner", message("Owner")),
    Column("until", message("Until")),
    Column("target", message("Target")),
    Column("expected", message("Expected so far"), None, Good.NEITHER,
           message("Sums grow with the days that have passed; rates and levels do not.")),
    Column("actual", message("So far")),
    Column("attainment", message("Attainment"), Unit.RATIO, Good.UP,
           message("So far ÷ expected so far; the other way round where less is better.")),
    Column("status", message("Status")),
)  # fmt: skip

# Measures of a state, not of a flow: their target does not grow with the days.
_STATES = frozenset({"active_customers", "stock_units", "stock_value", "visitor_days"})


@dataclass(frozen=True, slots=True)
class Target:
    """One target and how far it is reached.

    Attributes
    ----------
    shop : id; "" for the whole company.
    elapsed : the target's days that have passed.
    expected : the part of ``value`` due by now.
    attainment : 1 is exactly on track; None when the actual value is not known.
    """

    level: str
    metric: Metric
    shop: str
    owner: str
    period: Period
    elapsed: Period
    value: float
    expected: float
    actual: float | None
    attainment: float | None

    @property
    def status(self) -> str:
        """A key of ``STATUSES``."""
        if self.attainment is None:
            return "unknown"
        if self.attainment >= 1:
            return "reached"
        return "close" if self.attainment >= CLOSE else "behind"


@dataclass(frozen=True, slots=True)
class Attainment:
    """The targets that run, and the metrics of targets that nobody knows."""

    targets: tuple[Target, ...] = ()
    unknown_metrics: tuple[str, ...] = ()


def attainment(store: Store, resolved: ResolvedScope) -> Attainment:
    """The targets that run on the period's last day, as of that day.

    A target's own period counts, not the one looked at. Targets are for whole shops, so filters on
    channel, category, device and region do not apply. A target for a metric that the catalogue
    does not know is left out; ``unknown_metrics`` names it.
    """
    resolved = replace(resolved, scope=Scope())
    today = resolved.period.end
    rows = targets_on(store, resolved, today)
    if rows.empty:
        return Attainment()
    active = active_shops(store)
    lookup = _Lookup(store, resolved)
    found = []
    for row in rows[rows["metric"].isin(METRICS)].to_dict("records"):
        entry = METRICS[row["metric"]]
        shop = row["shop"] if row["shop"] in active else ""
        period = Period(row["start"], row["end"])
        elapsed = Period(period.start, min(today, period.end))
        actual = lookup.value(entry, shop, elapsed)
        is_flow = entry.denominator is None and entry.numerator not in _STATES
        expected = row["value"] * (elapsed.days / period.days if is_flow else 1.0)
        found.append(
            Target(
                level=row["level"],
                metric=entry,
                shop=shop,
                owner=row["owner"] if isinstance(row["owner"], str) else "",
                period=period,
                elapsed=elapsed,
                value=row["value"],
                expected=expected,
                actual=actual,
                attainment=_attained(entry, actual, expected),
            )
        )
    unknown = rows.loc[~rows["metric"].isin(METRICS), "metric"].unique()
    return Attainment(tuple(found), tuple(sorted(unknown)))


def attainment_table(
    targets: tuple[Target, ...], *, currency: str, shop_names: Mapping[str, str]
) -> Table:
    """The targets as a table; each amount carries its own unit."""

    def amounts(name: str) -> pd.Series:
        return words(Amount(getattr(each, name), each.metric.unit, currency) for each in targets)

    every = message("All shops")
    frame = pd.DataFrame(
        {
            "level": words(LEVELS.get(each.level, each.level) for each in targets),
            "metric": words(each.metric.label for each in targets),
            "shop": words(shop_names.get(each.shop, each.shop) or every for each in targets),
            "owner": words(each.owner for each in targets),
            "until": words(each.period.end for each in targets),
            "target": amounts("value"),
            "expected": amounts("expected"),
            "actual": amounts("actual"),
            "attainment": pd.Series([each.attainment for each in targets], dtype="float64"),
            "status": words(STATUSES[each.status] for each in targets),
        }
    )
    return Table.make(frame, *COLUMNS)


class _Lookup:
    """Answers metrics of a shop and period; each subject is asked once."""

    def __init__(self, store: Store, resolved: ResolvedScope) -> None:
        self._store = store
        self._resolved = resolved
        self._known: dict[tuple[str, str, Period], Measures] = {}

    def value(self, entry: Metric, shop: str, period: Period) -> float | None:
        subject = _subject(entry)
        key = (subject, shop, period)
        if key not in self._known:
            scope = replace(self._resolved, shops=(shop,)) if shop else self._resolved
            self._known[key] = _SUBJECTS[subject](self._store, scope, period)
        return entry.value(self._known[key])


def _subject(entry: Metric) -> str:
    needed = {entry.numerator, entry.denominator or entry.numerator}
    return next((name for name, own in _OWN.items() if needed <= own), "traffic")


def _stock(store: Store, resolved: ResolvedScope, period: Period) -> Measures:
    return stock.stock_measures(store, resolved, on=period.end)


_SUBJECTS: dict[str, Callable[[Store, ResolvedScope, Period], Measures]] = {
    "sales": sales.sales_measures,
    "customers": customers.customer_measures,
    "marketing": marketing.spend_measures,
    "stock": _stock,
    "traffic": traffic.traffic_measures,
}
_OWN = {
    "sales": frozenset(sales.MEASURES),
    "customers": frozenset(customers.CUSTOMER_MEASURES),
    "marketing": frozenset(
        (*marketing.MEASURES, "advertised_gmv", "advertised_new_buyers", "budget")
    ),
    "stock": frozenset(
        "stock_units stock_value stock_units_with_demand daily_demand skus_out skus_with_demand "
        "annual_cost_of_sales mean_stock_value".split()
    ),
}


def _attained(entry: Metric, actual: float | None, expected: float) -> float | None:
    if actual is None:
        return None
    above, below = (expected, actual) if entry.good is Good.DOWN else (actual, expected)
    if below > 0:
        return above / below
    return 1.0 if actual == expected or entry.good is Good.DOWN else None
