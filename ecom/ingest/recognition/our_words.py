"""Columns whose words are ours: a platform's word is stored as one of a few that we count by."""

from __future__ import annotations

from collections.abc import Mapping

from ecom.text import Text, message

UNKNOWN = "unknown"  # stands for a word that nobody explained
RAW: Mapping[str, str] = {
    "refunds.status": "refunds.status_raw",
    "payments.status": "payments.status_raw",
}
"""Column in our words -> the column that keeps the platform's own word beside it."""

MEANINGS: Mapping[str, tuple[tuple[str, Text], ...]] = {
    "refunds.status": (
        ("refunded", message("the money went back")),
        ("requested", message("asked for, not paid back yet")),
        ("closed", message("closed without paying back")),
    ),
    "refunds.refund_type": (
        ("refund_only", message("money back, the goods stay")),
        ("return_refund", message("goods and money back")),
        ("exchange", message("exchange or repair, no money")),
    ),
    "payments.status": (
        ("paid", message("paid")),
        ("refunded", message("paid, and paid back since")),
        ("pending", message("not paid yet")),
        ("failed", message("failed or called off")),
    ),
    "payments.type": (
        ("charge", message("a customer pays")),
        ("refund", message("a customer is paid back")),
        ("fee", message("a fee of the provider")),
        ("payout", message("a transfer to our bank account")),
        ("adjustment", message("a correction")),
    ),
    "stock_movements.movement_type": (
        ("purchase_in", message("bought from a supplier")),
        ("sale_out", message("sold")),
        ("return_in", message("sent back by a customer")),
        ("transfer_in", message("moved in from another warehouse")),
        ("transfer_out", message("moved out to another warehouse")),
        ("adjust", message("corrected after counting")),
        ("scrap", message("thrown away")),
    ),
}
"""Column -> our words and what they mean. An unexplained word is stored as ``UNKNOWN``."""


def words_of(target: str) -> frozenset[str]:
    """The words that may be stored in a column; empty where any may."""
    known = MEANINGS.get(target, ())
    return frozenset({name for name, _ in known} | {UNKNOWN}) if known else frozenset()


def of_table(table: str) -> tuple[str, ...]:
    """The columns of a table that hold our words."""
    return tuple(target for target in MEANINGS if target.partition(".")[0] == table)
