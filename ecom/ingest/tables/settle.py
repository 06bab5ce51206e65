"""What became of an order: its status, what was paid and what went back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import SOURCE_ROW, column_of, known, money_or_zero
from ecom.ingest.cells.decimals import to_units
from ecom.ingest.cells.text import by_value, mask
from ecom.ingest.cells.words import in_our_words
from ecom.ingest.findings import finding_at
from ecom.ingest.recognition.layout import OrderRules
from ecom.store.staging import Finding

STATUSES = (
    "unpaid", "paid", "shipped", "completed", "cancelled", "refunded", "partially_refunded",
    "unknown", "closed", "deleted",
)  # fmt: skip
_CODE = {status: code for code, status in enumerate(STATUSES)}
PAID = tuple(
    _CODE[name] for name in "paid shipped completed refunded partially_refunded unknown".split()
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of each document: status codes, money paid and given back in units."""

    status: np.ndarray
    paid: np.ndarray
    refunded: np.ndarray


def settle(rows: pa.Table, rules: OrderRules) -> Settled:
    """Decide for each document whether it was paid, and how much came in and went back."""
    status = _base_status(rows, rules)
    paid_known = known(rows, "orders.paid_at")
    done = refund_done(rows, rules)
    refund = to_units(money_or_zero(rows, "orders.refunded_amount"))
    if "row.refund_status" in rows.column_names:
        refund = np.where(done, refund, 0)
    total = to_units(money_or_zero(rows, "orders.total_amount"))
    paid = to_units(owed_or_zero(rows))
    never = _is_one_of(rows, "row.close_reason", rules.unpaid_reasons)
    if rules.negative_is_refund:
        refund, paid = refund + np.maximum(-paid, 0), np.maximum(paid, 0)
    was_paid = (refund > 0) | done | (paid_known & ~never)
    closed, deleted = status == _CODE["closed"], status == _CODE["deleted"]
    status = np.where(closed & was_paid, _CODE["refunded"], status)
    status = np.where(closed & ~was_paid, _CODE["cancelled"], status)
    status = np.where(deleted, np.where(paid_known, _CODE["completed"], _CODE["cancelled"]), status)
    counted = np.isin(status, PAID)
    if "orders.paid_at" in rows.column_names:
        counted &= (status != _CODE["unknown"]) | paid_known
    if rules.paid_excludes_refund == "always":
        paid = paid + refund
    elif rules.paid_excludes_refund == "if_it_fits":
        paid = np.where(paid + refund <= total, paid + refund, paid)
    whole = counted & (refund == 0) & (done | (status == _CODE["refunded"]))
    paid = np.where(whole & (paid == 0), total, paid)
    refund = np.where(whole, paid, refund)
    paid, refund = np.where(counted, paid, 0), np.where(counted, refund, 0)
    return Settled(after_refund(status, paid, refund), paid, refund)


def after_refund(status: np.ndarray, paid: np.ndarray, refunded: np.ndarray) -> np.ndarray:
    """What went back goes before how far the parcel is."""
    status = np.where((refunded >= paid) & (paid > 0), _CODE["refunded"], status)
    return np.where((refunded > 0) & (refunded < paid), _CODE["partially_refunded"], status)


def _base_status(rows: pa.Table, rules: OrderRules) -> np.ndarray:
    """The platform's word in our words; without a word, whether there is a time of payment."""
    by_payment = np.where(known(rows, "orders.paid_at"), _CODE["paid"], _CODE["unpaid"])
    if rules.status:
        by_payment = np.full(rows.num_rows, _CODE[rules.status])
    if "orders.status_raw" not in rows.column_names:
        return by_payment
    raw = column_of(rows, "orders.status_raw")
    codes = by_value(raw, lambda words: pa.array(_status_codes(words.to_pylist(), rules)))
    mapped = pc.fill_null(codes.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    status = np.where(mapped < 0, by_payment, mapped)
    if "row.cancelled_at" in rows.column_names:
        called_off = known(rows, "row.cancelled_at") & (status != _CODE["refunded"])
        status = np.where(called_off, _CODE["cancelled"], status)
    return np.where(line_cancelled(rows, rules), _CODE["cancelled"], status)


def _status_codes(words: list[str | None], rules: OrderRules) -> list[int | None]:
    ours = in_our_words(words, rules.status_map)
    return [
        None if word is None else _CODE[status or "unknown"]
        for word, status in zip(words, ours, strict=True)
    ]


def unknown_statuses(rows: pa.Table, rules: OrderRules) -> list[Finding]:
    """A remark on status words that the layout does not know."""
    if "orders.status_raw" not in rows.column_names:
        return []
    raw = column_of(rows, "orders.status_raw")
    codes = by_value(
        raw, lambda words: pa.array(_status_codes(words.to_pylist(), rules), pa.int64())
    )
    unknown = mask(pc.equal(codes, _CODE["unknown"]))
    if not unknown.any():
        return []
    numbers = column_of(rows, SOURCE_ROW).to_numpy()
    return [finding_at("UNKNOWN_STATUS", unknown, numbers, column="status", cells=raw)]


def owed(rows: pa.Table) -> pa.Array | None:
    """What the buyer paid or has to pay: the best known of four amounts; None if all are absent."""
    for name in (
        "orders.paid_amount",
        "orders.total_amount",
        "order_items.line_amount",
        "orders.goods_amount",
    ):
        if name in rows.column_names:
            return column_of(rows, name)
    return None


def owed_or_zero(rows: pa.Table) -> pa.Array:
    """``owed``, with zeros where no amount is named."""
    named = owed(rows)
    return money_or_zero(rows, "orders.goods_amount") if named is None else named


def line_cancelled(rows: pa.Table, rules: OrderRules) -> np.ndarray:
    """Lines of a living order that were not sold."""
    return _is_one_of(rows, "row.line_status", rules.line_cancelled)


def _is_one_of(rows: pa.Table, name: str, words: tuple[str, ...]) -> np.ndarray:
    if name not in rows.column_names:
        return np.zeros(rows.num_rows, dtype=bool)
    return mask(pc.is_in(column_of(rows, name), pa.array(list(words), pa.string())))


def refund_done(rows: pa.Table, rules: OrderRules) -> np.ndarray:
    """Where the platform says that the money went back."""
    return _is_one_of(rows, "row.refund_status", rules.refund_done)


def status_text(codes: np.ndarray) -> pa.Array:
    """Status codes as words."""
    return pa.array(STATUSES, pa.string()).take(pa.array(codes))
