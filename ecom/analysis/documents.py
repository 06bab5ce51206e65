"""What sales are made of: orders, returns and adjustments, with and without a known customer."""

from __future__ import annotations

from ecom.analysis.base import Column, Table, words
from ecom.model import Good, Unit
from ecom.queries.documents import document_counts
from ecom.queries.scope import ResolvedScope
from ecom.store import Store
from ecom.text import message

COLUMNS = (
    Column("kind", message("Documents of sales")),
    Column("has_customer", message("Customer known")),
    Column("documents", message("Documents"), Unit.COUNT),
    Column("customers", message("Customers"), Unit.COUNT, Good.NEITHER,
           message("Distinct; a customer may stand in several rows, so they do not add up.")),
    Column("amount", message("Amount"), Unit.MONEY, Good.NEITHER,
           message("Net contribution: paid − refunded + adjusted.")),
)  # fmt: skip
KINDS = {
    "sale": message("Sales"),
    "return": message("Returns"),
    "adjustment": message("Adjustments"),
    "": message("All documents"),
}


def documents_table(store: Store, resolved: ResolvedScope) -> Table:
    """The period's documents by kind and known customer, then all of them; ``COLUMNS``."""
    rows = document_counts(store, resolved, resolved.period)
    known = {1: message("yes"), 0: message("no")}
    frame = rows.assign(
        kind=words(KINDS.get(kind, kind) for kind in rows["kind"]),
        has_customer=words(
            known[flag] if kind else message("all")
            for kind, flag in zip(rows["kind"], rows["has_customer"], strict=True)
        ),
    )
    return Table.make(frame, *COLUMNS)
