"""Whether a taught mapping can be used: stricter than for the layouts that ship."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ecom.errors import EcomError
from ecom.ingest.recognition.labels import TABLES, label, targets_of
from ecom.ingest.recognition.layout import KINDS, Layout, kind_of, layout_from
from ecom.ingest.recognition.looks import has_personal_name, is_known_name
from ecom.ingest.recognition.questions import NUMBER_KINDS, STATUSES
from ecom.text import Text, message

_LONGEST = 500
_HASHED = ("customer_key", "person_key")
_MAY_BE_PERSONAL = ("customer", "user", "region")
_STATUS_WORDS = frozenset({name for name, _ in STATUSES} | {"deleted"})
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "rows": ("order", "line", "given"),
    "money": ("order", "repeated", "first_row", "per_line"),
    "paid_excludes_refund": ("never", "always", "if_it_fits"),
    "status": ("", *sorted(_STATUS_WORDS)),
}
_VISITS = ("uv", "pv", "sessions", "paid_amount", "order_amount", "paid_buyers", "paid_orders")

# The columns without which no row of a kind can be stored; of a group any one.
NEEDED_TARGETS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "orders": (("orders.order_id",),),
    "order_items": (("orders.order_id", "order_items.order_id"),),
    "refunds": (("refunds.refund_id",), ("refunds.amount",)),
    "payments": (("payments.payment_id",), ("payments.amount",)),
    "customers": (("customers.customer_key",),),
    "products": (("products.sku",),),
    "product_costs": (
        ("product_costs.sku",), ("product_costs.valid_from",), ("product_costs.unit_cost",),
    ),
    "sku_map": (("sku_map.platform_sku",), ("sku_map.sku",)),
    "listings": (("listings.seen_date",), ("listings.product_id",)),
    "inventory_snapshots": (
        ("inventory_snapshots.sku",),
        ("inventory_snapshots.on_hand", "inventory_snapshots.available"),
    ),
    "stock_movements": (
        ("stock_movements.movement_id",), ("stock_movements.sku",), ("stock_movements.quantity",),
    ),
    "traffic_agg": (tuple(f"traffic_agg.{name}" for name in _VISITS),),
    "events": (
        ("events.event_at",),
        ("events.event_name",),
        ("events.visitor_id", "events.customer_key", "events.session_id"),
    ),
    "ad_spend": (("ad_spend.spend",),),
    "content_daily": (("content_daily.content_id", "content_daily.title"),),
    "crm_campaigns": (("crm_campaigns.campaign_id", "crm_campaigns.name"),),
    "budgets": (("budgets.month",), ("budgets.metric",), ("budgets.amount",)),
    "targets": (
        ("targets.period_start",), ("targets.period_end",), ("targets.metric",), ("targets.value",),
    ),
    "calendar_events": (("calendar_events.name",), ("calendar_events.start_date",)),
    "feedback": (("feedback.created_date",), ("feedback.score",)),
}  # fmt: skip


class UnusableMapping(EcomError, ValueError):
    """A mapping that can't be used: a needed column is missing, or a shared file is not sound."""


def check_mapping(content: Mapping[str, Any]) -> Layout:
    """Make the layout of a taught mapping, or say what is wrong with it.

    Stricter than ``layout_from``: what a person or a shared file says must not reach a column of
    the store's own, keep personal data in the clear, or bring patterns that take forever.

    Raises
    ------
    UnusableMapping
    """
    _check_shape(content)
    grain = str(content.get("grain"))
    if grain not in TABLES:
        raise unusable(message("There is no kind of table “{name}”.", name=grain))
    allowed = {*targets_of(grain), "products.sku", "products.product_id", "products.price",
               "products.unit_cost", "products.category", "products.product_name"}  # fmt: skip
    kinds = content.get("kinds", {})
    for target, headers in content["columns"].items():
        if target not in allowed:
            raise unusable(message("There is no column “{name}” to map to.", name=target))
        kind = kinds.get(target) or kind_of(target)
        if kind not in KINDS:
            raise unusable(
                message("“{name}” can't be read as “{kind}”.", name=target, kind=str(kind))
            )
        if target.endswith(_HASHED) and kind != "customer":
            raise unusable(message("Customers are stored as keyed hashes only."))
        for header in headers:
            if header.startswith("~"):
                raise unusable(message("Patterns such as “{name}” are not allowed.", name=header))
            harmless = kind in _MAY_BE_PERSONAL or (kind in NUMBER_KINDS and is_known_name(header))
            if has_personal_name(header) and not harmless:
                raise unusable(
                    message(
                        "The column “{header}” tells something about a person and can't be stored "
                        "as “{what}”.",
                        header=header,
                        what=label(target),
                    )
                )
    _check_needed(grain, content)
    try:
        return layout_from(content, name=str(content.get("title", "")))
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise unusable(message("The mapping is not sound: {reason}.", reason=str(error))) from error


def unusable(problem: Text, remedy: Text | None = None) -> UnusableMapping:
    """The fault of a mapping, with the usual remedy."""
    return UnusableMapping(
        problem, remedy or message("Correct the mapping, or export it anew where it was made.")
    )


def _check_needed(grain: str, content: Mapping[str, Any]) -> None:
    """The columns without which no row of this kind can be stored."""
    stored = {*content["columns"], *content.get("constants", {})}
    for group in NEEDED_TARGETS[grain]:
        if not stored & set(group):
            raise UnusableMapping(
                message(
                    "{kind} need a column for “{what}”.",
                    kind=TABLES[grain],
                    what=label(group[0]),
                ),
                message("Choose which column of the file it is."),
            )


def _check_shape(content: Mapping[str, Any]) -> None:
    """Types and sizes, before anything walks through the content."""
    columns, orders = content.get("columns"), content.get("orders", {})
    if not isinstance(columns, dict) or not columns:
        raise unusable(message("The mapping stores no column."))
    if not all(isinstance(t, str) and is_texts(h) and h for t, h in columns.items()):
        raise unusable(message("Each stored column needs a list of headers."))
    for name in ("kinds", "constants"):
        values = content.get(name, {})
        if not _is_words(values):
            raise unusable(message("“{name}” must name one word for each column.", name=name))
    for name in ("title", "platform"):
        if not isinstance(content.get(name), str) or not 0 < len(content[name]) <= 120:
            raise unusable(message("The mapping needs a {name}.", name=name))
    for name in ("required", "reference", "null_tokens", "fill_down", "example"):
        if not is_texts(content.get(name, [])):
            raise unusable(message("“{name}” must be a list of words.", name=name))
    for name in ("currency", "timezone", "decimal", "date_order", "language", "roll_up", "group"):
        if not isinstance(content.get(name, ""), str):
            raise unusable(message("“{name}” must be a word.", name=name))
    if not isinstance(orders, dict):
        raise unusable(message("“{name}” must be a list of rules.", name="orders"))
    _check_orders(orders)


def _check_orders(orders: Mapping[str, Any]) -> None:
    for name, allowed in _CHOICES.items():
        if orders.get(name, allowed[0]) not in allowed:
            raise unusable(
                message("“{name}” can't be “{value}”.", name=name, value=str(orders[name]))
            )
    words = orders.get("status_map", {})
    if not _is_words(words) or not set(words.values()) <= _STATUS_WORDS:
        raise unusable(message("“{name}” must name one word for each column.", name="status_map"))
    for name in ("refund_done", "unpaid_reasons", "not_goods"):
        if not is_texts(orders.get(name, [])):
            raise unusable(message("“{name}” must be a list of words.", name=name))
    for name in ("returns", "adjustments"):
        pattern = orders.get(name, "")
        try:
            # Arrow's engine runs in linear time, so the pattern needs no other check.
            pc.match_substring_regex(pa.array([""]), pattern)
        except (pa.ArrowInvalid, TypeError) as error:
            raise unusable(message("“{name}” is no pattern.", name=name)) from error


def is_texts(value: Any) -> bool:
    """Whether a value is a list of words of reasonable length."""
    return isinstance(value, (list, tuple)) and all(
        isinstance(one, str) and len(one) <= _LONGEST for one in value
    )


def _is_words(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(k, str) and isinstance(v, str) and len(k) <= _LONGEST and len(v) <= _LONGEST
        for k, v in value.items()
    )
