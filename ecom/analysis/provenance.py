"""What a page's numbers are made of: the files behind them, and what each contributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.errors import InvalidParameter
from ecom.model import Period, Scope, Unit
from ecom.queries import provenance as query
from ecom.queries.keywords import keyword_batches
from ecom.queries.scope import ResolvedScope, resolve
from ecom.queries.search_terms import paid_word_batches
from ecom.store import Store
from ecom.text import Text, message

Ask = Callable[[Store, ResolvedScope, Period], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of rows that feeds a page; ``units`` says what its pieces are."""

    label: Text
    units: Text
    ask: Ask


PARTS: Mapping[str, Part] = {
    "orders": Part(message("Orders"), message("paid orders"), query.order_batches),
    "lines": Part(message("Order lines"), message("pieces"), query.line_batches),
    "traffic": Part(message("Traffic"), message("visitor-days"), query.traffic_batches),
    "keywords": Part(message("Search words"), message("visitor-days"), keyword_batches),
    "paid_words": Part(message("Search words of ads"), message("clicks"), paid_word_batches),
    "events": Part(message("Events"), message("events"), query.event_batches),
    "spend": Part(message("Ad spend"), message("clicks"), query.spend_batches),
    "stock": Part(message("Stock"), message("pieces"), query.stock_batches),
    "catalogue": Part(message("Products and costs"), message("rows"), query.catalogue_batches),
    "budgets": Part(message("Budgets"), message("rows"), query.budget_batches),
    "experiments": Part(message("Experiments"), message("rows"), query.experiment_batches),
    "targets": Part(message("Targets"), message("rows"), query.target_batches),
}
# What each page is made of. Retention looks at all sales up to the period's end.
PAGES: Mapping[str, tuple[str, ...]] = {
    "overview": (
        "orders", "lines", "traffic", "events", "spend", "stock", "catalogue", "budgets", "targets"
    ),
    "traffic": ("traffic", "keywords", "paid_words", "events", "orders"),
    "funnel": ("events", "traffic", "orders", "lines", "stock", "catalogue", "experiments"),
    "retention": ("orders",),
    "inventory": ("stock", "lines", "catalogue"),
    "budget": ("spend", "budgets", "orders"),
}  # fmt: skip
COLUMNS = (
    Column("what", message("What")),
    Column("batch_id", message("Batch"), Unit.COUNT),
    Column("file", message("File")),
    Column("shop", message("Shop")),
    Column("rows", message("Rows that count"), Unit.COUNT),
    Column("units", message("Pieces"), Unit.COUNT),
    Column("unit", message("of what")),
    Column("amount", message("Money"), Unit.MONEY),
    Column("written", message("Written (UTC)")),
)


@dataclass(frozen=True, eq=False, slots=True)
class Provenance:
    """The batches behind a page.

    Attributes
    ----------
    period : the days looked at.
    currency : ISO code of the money.
    batches : one row a kind of rows and batch; ``COLUMNS``.
    """

    period: Period
    currency: str
    batches: Table


def provenance(store: Store, scope: Scope, page: str) -> Provenance:
    """Find the batches that feed a page.

    Parameters
    ----------
    page : a key of ``PAGES``.

    Raises
    ------
    InvalidParameter
        There is no such page.
    """
    if page not in PAGES:
        raise InvalidParameter.not_one_of("page", page, PAGES)
    resolved = resolve(store, scope)
    period = resolved.period
    if page == "retention" and resolved.first_day and resolved.first_day < period.start:
        period = Period(resolved.first_day, period.end)
    parts = []
    for name in PAGES[page]:
        part = PARTS[name]
        found = part.ask(store, resolved, period)
        if not found.empty:
            parts.append(
                found.assign(what=_repeated(part.label, found), unit=_repeated(part.units, found))
            )
    frame = pd.concat(parts) if parts else pd.DataFrame(columns=["what", "unit", *query.COLUMNS])
    return Provenance(period, resolved.currency, _table(store, resolved, frame))


def _repeated(text: Text, rows: pd.DataFrame) -> pd.Series:
    return words([text] * len(rows)).set_axis(rows.index)


def _table(store: Store, resolved: ResolvedScope, frame: pd.DataFrame) -> Table:
    batches = store.batches().set_index("batch_id")
    known = batches.reindex(frame["batch_id"])
    written = pd.to_datetime(known["source_updated_at"]).dt.strftime("%Y-%m-%d %H:%M")
    files = [
        " · ".join(filter(None, pair))
        for pair in zip(known["file_name"], known["sheet_name"].fillna(""), strict=True)
    ]
    return Table.make(
        frame.assign(
            file=files,
            shop=resolved.named(known["shop_id"]),
            written=written.to_numpy(),
        ),
        *COLUMNS,
    )
