"""Whether a taught mapping can be used: stricter than for the layouts that ship."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ecom.ingest.recognition.labels import TABLES, label, targets_of
from ecom.ingest.recognition.layout import HELPER, KINDS, Layout, kind_of, layout_from
from ecom.ingest.recognition.looks import has_personal_name, is_known_name
from ecom.ingest.recognition.our_words import RAW, words_of
from ecom.ingest.recognition.questions import NUMBER_KINDS
from ecom.ingest.recognition.shape import UnusableMapping, check_shape, unusable
from ecom.schema import FACTS, content_columns
from ecom.text import message

_HASHED = ("customer_key", "person_key")
# Read so that nothing of a person is kept: hashed, cut to the province, yes or no.
_MAY_BE_PERSONAL = ("customer", "user", "region", "flag")
_VISITS = ("uv", "pv", "sessions", "paid_amount", "order_amount", "paid_buyers", "paid_orders")
_HELPER_NAME = re.compile(rf"^{HELPER}\.[a-z_]{{1,40}}$")
# Tables that one export fills together.
_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "order_items": ("orders",),
    "inventory_snapshots": ("products",),
    "products": ("inventory_snapshots",),
}
# Ways to read the cells of a column, by what is stored.
_READ_AS: Mapping[type, tuple[str, ...]] = {
    str: ("text", "id", "customer", "user", "region", "currency"),
    int: ("count",),
    float: ("number",),
    bool: ("flag",),
    datetime: ("time", "utc", "micros"),
    date: ("date", "month", "nth_day"),
}
_WORDED = ("text", "id")
_ALONGSIDE = tuple(  # what any table may tell of products
    f"products.{name}"
    for name in ("sku", "product_id", "price", "unit_cost", "category", "product_name")
)
_TEXTS = ("text", "id", "customer", "user", "region", "currency")
_ADDED = ("money", "quantity", "count")

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
    "search_terms": (("search_terms.keyword",), ("search_terms.clicks", "search_terms.spend")),
    "content_daily": (("content_daily.content_id", "content_daily.title"),),
    "crm_campaigns": (("crm_campaigns.campaign_id", "crm_campaigns.name"),),
    "private_domain_daily": (
        ("private_domain_daily.as_of_date",), ("private_domain_daily.members",),
    ),
    "service_enquiries": (
        ("service_enquiries.enquiry_id",), ("service_enquiries.opened_at",),
    ),
    "budgets": (("budgets.month",), ("budgets.metric",), ("budgets.amount",)),
    "targets": (
        ("targets.period_start",), ("targets.period_end",), ("targets.metric",), ("targets.value",),
    ),
    "calendar_events": (("calendar_events.name",), ("calendar_events.start_date",)),
    "feedback": (("feedback.created_date",), ("feedback.score",)),
    "experiment_assignments": (
        ("experiment_assignments.experiment",),
        ("experiment_assignments.variant",),
        ("experiment_assignments.assigned_at",),
        ("experiment_assignments.visitor_id", "experiment_assignments.customer_key"),
    ),
    "experiment_results": (
        ("experiment_results.experiment",),
        ("experiment_results.variant",),
        ("experiment_results.visitors",),
        ("experiment_results.conversions",),
    ),
}  # fmt: skip


def check_mapping(content: Mapping[str, Any]) -> Layout:
    """Make the layout of a taught mapping, or say what is wrong with it.

    Stricter than ``layout_from``: what a person or a shared file says must not reach a column of
    the store's own, keep personal data in the clear, bring patterns that take forever, or read
    cells as what the column can't hold.

    Raises
    ------
    UnusableMapping
    """
    check_shape(content)
    grain = str(content.get("grain"))
    if grain not in TABLES:
        raise unusable(message("There is no kind of table “{name}”.", name=grain))
    kinds = content.get("kinds", {})
    for target, headers in content["columns"].items():
        _check_target(target, grain)
        kind = _kind(target, kinds)
        _check_kind(target, kind)
        if target in RAW and target not in content.get("words", {}):
            raise unusable(message("“{name}” needs words.", name=target))
        for header in headers:
            _check_header(header, target, kind)
    _check_made_columns(content, grain, kinds)
    _check_constants(content.get("constants", {}), grain)
    _check_needed(grain, content)
    try:
        return layout_from(content, name=str(content.get("title", "")))
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise unusable(message("The mapping is not sound: {reason}.", reason=str(error))) from error


# --- columns ---------------------------------------------------------------------------------


def _check_target(target: str, grain: str) -> None:
    if target not in _storable(grain) and not _HELPER_NAME.match(target):
        raise unusable(message("There is no column “{name}” to map to.", name=target))


def _storable(grain: str) -> frozenset[str]:
    """Everything that a table of this kind may fill from columns of a file."""
    tables = (grain, *_TOGETHER.get(grain, ()))
    named = {target for table in tables for target in targets_of(table)}
    further = {name for name in (*RAW, "crm_campaigns.platform") if name.startswith(f"{grain}.")}
    return frozenset(named | further | {*_ALONGSIDE})


def _content(table: str) -> set[str]:
    return {f"{table}.{name}" for name in content_columns(FACTS[table])}


def _kind(target: str, kinds: Mapping[str, str]) -> str:
    return kinds.get(target) or kind_of(target)


def _check_kind(target: str, kind: str) -> None:
    """Cells are read as what the column stores."""
    table, _, column = target.partition(".")
    if target.endswith(_HASHED) and kind != "customer":
        raise unusable(message("Customers are stored as keyed hashes only."))
    if table == HELPER:
        fits = kind in KINDS and kind not in ("period", "hour")  # these two fill further columns
    elif column in ("period_start", "hour"):
        fits = kind in ("date", "nth_day", "period", "hour", "count")
    else:
        stored = FACTS[table].c[column].type.python_type
        fits = kind == kind_of(target) if stored is Decimal else kind in _READ_AS[stored]
    if not fits:
        raise unusable(message("“{name}” can't be read as “{kind}”.", name=target, kind=kind))


def _check_header(header: str, target: str, kind: str) -> None:
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


# --- what is made of columns -----------------------------------------------------------------


def _check_made_columns(content: Mapping[str, Any], grain: str, kinds: Mapping[str, str]) -> None:
    """Each rule names columns that there are, of kinds that it can work on."""
    for name in ("group", "skip_blank", "total_blank", "parent"):
        if content.get(name):
            _check_target(content[name], grain)
    for name in ("fill_down", "inherit"):
        for target in content.get(name, ()):
            _check_target(target, grain)
    for name, target, wanted in _worked_on(content):
        _check_target(target, grain)
        is_there = not target.startswith(f"{HELPER}.") or target in content["columns"]
        if is_there and _kind(target, kinds) not in wanted:
            raise unusable(message("“{name}” can't work on “{target}”.", name=name, target=target))
    for name in ("words", "joined"):
        if any(target.endswith(_HASHED) for target in content.get(name, {})):
            raise unusable(message("Customers are stored as keyed hashes only."))
    for target, meanings in content.get("words", {}).items():
        for word in meanings.values():
            _check_word(target, word)
    needs_orders = content.get("once") or content.get("orders", {}).get("rows") == "listed"
    if needs_orders and "orders.order_id" not in content["columns"]:
        raise unusable(message("“{name}” needs a column for “{what}”.", name="orders",
                               what=label("orders.order_id")))  # fmt: skip


def _worked_on(content: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Rule, column, and the kinds of cells that the rule takes there."""
    for name in ("words", "leave_out"):
        for target in content.get(name, {}):
            yield name, target, _WORDED
    for target in content.get("once", ()):
        yield "once", target, ("money", "quantity")
    for target, parts in content.get("joined", {}).items():
        yield "joined", target, _WORDED
        for part in parts:
            yield "joined", part, _TEXTS
    for target, parts in content.get("sums", {}).items():
        kind = _kind(target, content.get("kinds", {}))
        same = (kind,) if kind in _ADDED else ()
        for part in (target, *parts):
            yield "sums", part.removeprefix("-"), same


def _check_word(target: str, word: str) -> None:
    allowed = words_of(target)
    if allowed and word not in allowed:
        raise unusable(message("“{name}” can't be “{value}”.", name=target, value=word))


def _check_constants(constants: Mapping[str, str], grain: str) -> None:
    tables = (grain, *_TOGETHER.get(grain, ()))
    allowed = {target for table in tables for target in _content(table)}
    for target, value in constants.items():
        if target not in allowed:
            raise unusable(message("There is no column “{name}” to map to.", name=target))
        if target.endswith(_HASHED):
            raise unusable(message("Customers are stored as keyed hashes only."))
        table, _, column = target.partition(".")
        stored = FACTS[table].c[column].type.python_type
        if not (stored is str or (stored is Decimal and _is_number(value))):
            raise unusable(message("“{name}” can't be “{value}”.", name=target, value=value))
        _check_word(target, value)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _check_needed(grain: str, content: Mapping[str, Any]) -> None:
    """The columns without which no row of this kind can be stored."""
    stored = {name for field in ("columns", "constants", "joined", "sums")
              for name in content.get(field, {})}  # fmt: skip
    for group in NEEDED_TARGETS[grain]:
        if not stored & set(group):
            raise UnusableMapping(
                message(
                    "“{kind}” needs a column for “{what}”.",
                    kind=TABLES[grain],
                    what=label(group[0]),
                ),
                message("Choose which column of the file it is."),
            )
