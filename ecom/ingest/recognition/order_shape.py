"""Whether the rows of an order list are orders or lines, and where the order's money stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ecom.ingest.cells.clean import clean_ids, clean_numbers
from ecom.ingest.cells.groups import group_codes
from ecom.ingest.cells.text import as_text
from ecom.ingest.files.raw import RawTable

SEEN_ROWS = 20_000
ENOUGH = 3  # orders of several rows that must agree before nobody is asked
_CENT = 0.011
_OF_A_LINE = frozenset("line_id unit_price line_amount".split())
_THINGS = frozenset("sku product_id".split())


@dataclass(frozen=True, slots=True)
class MoneyPlace:
    """Where an order's money stands (``OrderRules.money``) and whether the rows prove it."""

    money: str
    is_sure: bool


def has_lines(raw: RawTable, order_place: int | None, concepts: Collection[str]) -> bool:
    """Whether a row is one item of an order.

    Order numbers that repeat prove it. Where none does, a line number, a price of one piece or an
    item code beside a quantity speak for it.
    """
    if order_place is None:
        return True
    found = set(concepts)
    codes, orders = group_codes(_ids(raw, order_place))
    things = found & (_THINGS | _OF_A_LINE | {"product_name"})
    if orders < len(codes):
        return bool(things)
    return bool(found & _OF_A_LINE) or (bool(found & _THINGS) and "quantity" in found)


def money_place(raw: RawTable, places: Mapping[str, int]) -> MoneyPlace:
    """Tell from the repeats within orders how often the order's money is stated.

    Parameters
    ----------
    places : target -> place of the column; with the order's number.
    """
    names = ("orders.paid_amount", "orders.total_amount", "orders.goods_amount")
    money = next((places[name] for name in names if name in places), None)
    number = places.get("orders.order_id")
    if money is None:
        return MoneyPlace("per_line", True)
    if number is None:
        return MoneyPlace("repeated", False)
    codes, orders = group_codes(_ids(raw, number))
    amounts = _numbers(raw, money)
    several = np.bincount(codes, minlength=orders) > 1
    if not several.any():
        return MoneyPlace("repeated", False)
    first = np.unique(codes, return_index=True)[1]
    is_first = np.zeros(len(codes), dtype=bool)
    is_first[first] = True
    inside = several[codes]
    later = amounts[inside & ~is_first]
    if np.isnan(later).all() and not np.isnan(amounts[is_first]).all():
        return MoneyPlace("first_row", True)
    same = np.abs(amounts - amounts[first][codes]) < _CENT
    constant = np.ones(orders, dtype=bool)
    np.logical_and.at(constant, codes, same | np.isnan(amounts))
    share = constant[several].mean()
    lines = _line_amounts(raw, places)
    if lines is not None and share > 0.5:
        return _against_lines(amounts, lines, codes, orders, several & constant)
    if share < 0.95:
        return MoneyPlace("per_line", True)
    return MoneyPlace("repeated", int(several.sum()) >= ENOUGH)


def refunds_in_paid(raw: RawTable, places: Mapping[str, int]) -> str:
    """Whether the paid amount is already net of refunds: "always", "never", or "" for not told."""
    needed = ("orders.paid_amount", "orders.refunded_amount", "orders.total_amount")
    if any(name not in places for name in needed):
        return ""
    paid, refunded, total = (np.nan_to_num(_numbers(raw, places[name])) for name in needed)
    back = refunded > 0
    if not back.any():
        return ""
    if (np.abs(paid + refunded - total)[back] < _CENT).all():
        return "always"
    return "never" if (np.abs(paid - total)[back] < _CENT).all() else ""


def _against_lines(
    amounts: np.ndarray, lines: np.ndarray, codes: np.ndarray, orders: int, looked: np.ndarray
) -> MoneyPlace:
    """Equal amounts on all rows of an order: its total, or lines that cost the same."""
    total = np.bincount(codes, weights=np.nan_to_num(lines), minlength=orders)
    highest = np.zeros(orders)
    np.maximum.at(highest, codes, np.nan_to_num(amounts))
    each = np.abs(np.nan_to_num(amounts) - np.nan_to_num(lines)) < _CENT
    per_line = np.ones(orders, dtype=bool)
    np.logical_and.at(per_line, codes, each)
    if per_line[looked].mean() > 0.5:
        return MoneyPlace("per_line", True)
    is_total = np.abs(highest - total)[looked] < np.maximum(0.35 * total[looked], _CENT)
    return MoneyPlace("repeated", bool(is_total.mean() > 0.5))


def _line_amounts(raw: RawTable, places: Mapping[str, int]) -> np.ndarray | None:
    if "order_items.line_amount" in places:
        return _numbers(raw, places["order_items.line_amount"])
    names = ("order_items.quantity", "order_items.unit_price")
    if all(name in places for name in names):
        quantity, price = (_numbers(raw, places[name]) for name in names)
        return quantity * price
    return None


def _ids(raw: RawTable, place: int) -> pa.Array:
    return clean_ids(as_text(raw.columns[place].slice(0, SEEN_ROWS)), workbook=False).values


def _numbers(raw: RawTable, place: int) -> np.ndarray:
    """A column as floats; NaN where there is no number."""
    column = raw.columns[place].slice(0, SEEN_ROWS)
    if pa.types.is_temporal(column.type) or pa.types.is_boolean(column.type):
        return np.full(len(column), np.nan)
    values = clean_numbers(column, kind="number").values
    return values.to_numpy(zero_copy_only=False).astype(np.float64)
