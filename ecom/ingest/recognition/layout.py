"""Layouts: what each known export looks like, as data. The engine knows no platform."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import yaml

from ecom.ingest.cells.text import normalise_header
from ecom.schema import FACTS, QUANTITY
from ecom.text import Text, message

_NUMBERED = re.compile(r"^(.+)#([1-9])$")
HELPER = "row"  # prefix of columns that steer the engine and are not stored

_ID_COLUMNS = frozenset(
    "order_id line_key product_id sku session_id visitor_id event_id feedback_id refund_id "
    "payment_id campaign_id movement_id content_id platform_sku enquiry_id".split()
)
_KIND_OF_TYPE: Mapping[type, str] = {
    str: "text", int: "count", float: "number", datetime: "time", date: "date", bool: "flag"
}  # fmt: skip
KINDS = frozenset(
    "id text money quantity count number time utc micros date month period nth_day hour flag "
    "customer region user currency".split()
)

# How the columns of an export are known. None was checked against the live platform.
EVIDENCE: Mapping[str, Text] = {
    "file": message("its columns were checked on a published file"),
    "exact": message("its columns are known from a published full list"),
    "partial": message("its columns are known from published sources, not all of them for sure"),
    "memory": message("its columns are written down from memory"),
    "own": message("it is our own template"),
    "taught": message("its columns were mapped by hand here"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One stored column: where it comes from and how its cells are read.

    ``headers`` are normalised; the first one present in the file is used. A header that starts
    with ``~`` is a regular expression; ``name#2`` is the second column of that name.
    """

    target: str
    headers: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class OrderRules:
    """How the rows of an export make orders.

    Attributes
    ----------
    rows : "order" (one row an order), "line" (one row a line), "listed" (one row an order or a
        refund of it, its lines listed in one cell, ``row.products``) or "given" (canonical columns,
        taken as they are).
    money : where the order's money stands: "order" (one row an order), "repeated" (on every line,
        taken once), "first_row" (on the first line), "per_line" (each row its share, summed).
    status : status of every order, for exports without a status column.
    status_map : platform's word -> our status, or ``closed`` (refunded if it was paid, else
        cancelled) or ``deleted`` (completed if it was paid, else cancelled). A trailing ``*``
        matches any ending.
    refund_done : words of ``row.refund_status`` that mean the money went back.
    unpaid_reasons : words of ``row.close_reason`` that mean it was never paid.
    paid_excludes_refund : whether the export's paid amount is already net of refunds: "never",
        "always", or "if_it_fits" (paid and refunded add up to no more than the total).
    returns, adjustments : regular expressions of order ids that are credit notes or corrections.
    zero_is_adjustment : documents that add up to nothing are corrections, not sales.
    negative_is_refund : rows of negative money are what went back.
    line_cancelled : words of ``row.line_status`` that mean this line was not sold, although its
        order was.
    not_goods : skus that are fees, postage and the like; a trailing ``*`` matches any ending.
    day_in_id : regular expression whose group ``day`` is the order's day (yymmdd) in its id, for
        orders without any time.
    joined_by : the mark between the lines of an order that an export writes into one row.
    """

    rows: str = "order"
    money: str = "order"
    status: str = ""
    status_map: Mapping[str, str] = field(default_factory=dict)
    refund_done: tuple[str, ...] = ()
    unpaid_reasons: tuple[str, ...] = ()
    paid_excludes_refund: str = "never"
    returns: str = ""
    adjustments: str = ""
    zero_is_adjustment: bool = False
    negative_is_refund: bool = False
    line_cancelled: tuple[str, ...] = ()
    not_goods: tuple[str, ...] = ()
    day_in_id: str = ""
    joined_by: str = ""


@dataclass(frozen=True, slots=True)
class Melt:
    """Columns that are one thing seen several times: made into rows before anything else.

    ``name`` and ``value`` are the headers of the two columns that come instead: what stood in the
    header, and the cell. ``pattern`` says which headers are melted; empty means all that the layout
    does not know and that hold whole numbers only. Nothing is melted where a column ``name`` is
    there already.
    """

    name: str
    value: str
    pattern: str = ""


@dataclass(frozen=True)  # no slots: what follows from its rules is kept beside them
class Layout:
    """One known export.

    Attributes
    ----------
    grain : canonical table in which one accepted row of the file is one row.
    evidence : how its columns are known, a key of ``EVIDENCE``.
    required, required_any : normalised headers; all of the first, one of each group of the second.
    reference : the export's headers in order, where they are known; also the template's header.
    also : further headers that it may have and that are not stored.
    rules : stored columns.
    constants : "table.column" -> value for every row.
    skip_blank : rows without this target hold nothing of their own (images, spacers).
    total_blank : rows without this target are totals.
    total_of_rows : how the total of the rows begins, where the file has totals of more than these.
    roll_up : the word that marks subtotals which are stored as such.
    group : target whose equal values belong together; ``fill_down`` columns are given on its
        first row only.
    merge : rows with the same key are added up.
    words : target -> the platform's word -> our word; a trailing ``*`` matches any ending.
    sheets : names of sheets that show the same rows in several splits, the best first; of those
        in a file only the best is loaded.
    row_cap : the platform never exports more rows.
    leave_out : target -> words; rows that say one of them are left out, with a remark.
    once : money of the order that every row of it repeats; the first row keeps it.
    sums : target -> targets that add up to it; one after ``-`` is taken off.
    joined : target -> targets whose texts make it, for keys that take several columns.
    parent, inherit : target that names the row above, by sku or as ``id:`` and product id; targets
        that a row without a value has from it.
    melt : columns that are one thing seen several times.
    note : what a reader of the list of exports should know, in a few words.
    date_order : used where no cell decides: "ymd", "dmy" or "mdy"; "" is nobody said, read as
        "dmy". Where a person has said it, undecided dates are no longer remarked on.
    decimal : the mark before the cents, "comma" or "point"; "" lets each column decide.
    shop_wide : rows without a shop unless one was chosen.
    """

    layout_id: str
    platform: str
    title: str
    language: str
    grain: str
    evidence: str
    required: tuple[str, ...]
    required_any: tuple[tuple[str, ...], ...]
    reference: tuple[str, ...]
    rules: tuple[Rule, ...]
    constants: Mapping[str, str]
    orders: OrderRules = field(default_factory=OrderRules)
    currency: str = ""
    timezone: str = ""
    null_tokens: tuple[str, ...] = ()
    skip_blank: str = ""
    total_blank: str = ""
    total_of_rows: str = ""
    roll_up: str = ""
    group: str = ""
    fill_down: tuple[str, ...] = ()
    merge: bool = False
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    row_cap: int = 0
    leave_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    once: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parent: str = ""
    inherit: tuple[str, ...] = ()
    melt: Melt | None = None
    future: bool = False
    date_order: str = ""
    decimal: str = ""
    shop_wide: bool = False
    note: str = ""
    template: bool = False
    example: tuple[str, ...] = ()

    @property
    def name(self) -> Text | str:
        """The title for a reader: a platform's own words stay, those of our templates are ours."""
        return Text(self.title) if self.template else self.title

    @cached_property
    def known(self) -> frozenset[str]:
        """Normalised names of every column this export may have; patterns excluded."""
        named = {h for rule in self.rules for h in rule.headers if not h.startswith("~")}
        named = {numbered(header)[0] for header in named}
        others = (*self.reference, *self.also)
        return frozenset(named | {normalise_header(name) for name in others})

    @cached_property
    def repeated(self) -> frozenset[str]:
        """Normalised names that stand over more than one column of this export."""
        names = [normalise_header(name) for name in self.reference]
        return frozenset(name for name in names if names.count(name) > 1)

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """Header patterns of the rules."""
        return tuple(
            re.compile(h[1:]) for rule in self.rules for h in rule.headers if h.startswith("~")
        )


def numbered(header: str) -> tuple[str, int]:
    """A rule's header as name and place among the columns of that name, from 1."""
    found = _NUMBERED.match(header)
    return (found[1], int(found[2])) if found else (header, 1)


def place_of(header: str, names: Sequence[str]) -> int | None:
    """Where the column that a rule's header speaks of stands among normalised names.

    A column that is really called ``name#2`` is found by that name.
    """
    if header.startswith("~"):
        pattern = re.compile(header[1:])
        return next((place for place, name in enumerate(names) if pattern.search(name)), None)
    if header in names:
        return names.index(header)
    name, number = numbered(header)
    found = [place for place, given in enumerate(names) if given == name]
    return found[number - 1] if len(found) >= number else None


def feeding(layout: Layout, headers: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """For each target the places of the columns that feed it, best first."""
    names = [normalise_header(header) for header in headers]
    places: dict[str, tuple[int, ...]] = {}
    for rule in layout.rules:
        found = (place_of(header, names) for header in rule.headers)
        known = dict.fromkeys(place for place in found if place is not None)
        if known:
            places[rule.target] = tuple(known)
    return places


def layouts() -> tuple[Layout, ...]:
    """Every layout that ships with the package, by id."""
    return _load_all()


# libyaml's safe loader where the wheel has it: ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def _load_all() -> tuple[Layout, ...]:
    folder = files("ecom.ingest") / "layouts"
    found = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            data = yaml.load(entry.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
            found.append(layout_from(data, name=entry.name))
    return tuple(sorted(found, key=lambda layout: layout.layout_id))


def layout_from(data: Mapping[str, Any], *, name: str) -> Layout:
    """Check the content of one layout file and make the value.

    Raises
    ------
    ValueError
        For an unknown field, table, column, kind or evidence. A layout is ours, so is the fault.
    """
    content = dict(data)
    kinds = content.pop("kinds", {})
    rules = tuple(
        _rule(target, headers, kinds, name) for target, headers in content.pop("columns").items()
    )
    if content.get("evidence") not in EVIDENCE:
        raise ValueError(f"{name}: evidence is none of {', '.join(EVIDENCE)}")
    constants = {target: str(value) for target, value in content.pop("constants", {}).items()}
    for target in (*constants, *content.get("words", {})):
        _check_target(target, name)
    orders = content.pop("orders", {})
    orders = {key: tuple(v) if isinstance(v, list) else v for key, v in orders.items()}
    lists = {"null_tokens", "fill_down", "example", "also", "sheets", "once", "inherit"}
    melt = content.pop("melt", None)
    for name_of in ("leave_out", "sums", "joined"):
        content[name_of] = {
            target: tuple(map(str, values)) for target, values in content.get(name_of, {}).items()
        }
    for target in (*content.get("words", {}), *content["sums"], *content["joined"]):
        _check_target(target, name)
    rest: dict[str, Any] = {
        key: tuple(map(str, value)) if key in lists else value for key, value in content.items()
    }
    try:
        return Layout(
            layout_id=rest.pop("id"),
            required=_headers(rest.pop("required", [])),
            required_any=tuple(_headers(group) for group in rest.pop("required_any", [])),
            reference=tuple(rest.pop("reference", [])),
            rules=rules,
            constants=constants,
            orders=OrderRules(**orders),
            melt=Melt(**melt) if melt else None,
            **rest,
        )
    except (TypeError, KeyError) as error:
        raise ValueError(f"{name}: {error}") from error


def _headers(names: list[str]) -> tuple[str, ...]:
    return tuple(name if name.startswith("~") else normalise_header(name) for name in names)


def _rule(target: str, headers: list[str], kinds: Mapping[str, str], name: str) -> Rule:
    _check_target(target, name)
    kind = kinds.get(target) or kind_of(target)
    if kind not in KINDS:
        raise ValueError(f"{name}: {target} has the unknown kind {kind}")
    return Rule(target, _headers(headers), kind)


def _check_target(target: str, name: str) -> None:
    table, _, column = target.partition(".")
    if table != HELPER and (table not in FACTS or column not in FACTS[table].c):
        raise ValueError(f"{name}: there is no column {target}")


def kind_of(target: str) -> str:
    """How cells are read follows from the stored column's type."""
    table, _, column = target.partition(".")
    if table == HELPER:
        return "text"
    if column in ("customer_key", "currency"):
        return "customer" if column == "customer_key" else column
    if column in _ID_COLUMNS:
        return "id"
    stored = FACTS[table].c[column].type
    if stored.python_type is Decimal:
        return "quantity" if getattr(stored, "scale", None) == QUANTITY.scale else "money"
    return _KIND_OF_TYPE[stored.python_type]
