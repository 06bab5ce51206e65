"""Types and sizes of a mapping's content, looked at before anything walks through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc

from ecom.errors import EcomError
from ecom.ingest.recognition.told import STATUSES
from ecom.text import Text, message

_LONGEST = 500
_LONGEST_PATTERN = 4000  # a melted header each
_STATUS_WORDS = frozenset({name for name, _ in STATUSES} | {"deleted"})
_ORDER_CHOICES: Mapping[str, tuple[str, ...]] = {
    "rows": ("order", "line", "listed", "given"),
    "money": ("order", "repeated", "first_row", "per_line"),
    "paid_excludes_refund": ("never", "always", "if_it_fits"),
    "status": ("", *sorted(_STATUS_WORDS)),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "date_order": ("", "ymd", "dmy", "mdy"),
    "decimal": ("", "comma", "point"),
}
_WORDS = ("id", "evidence", "language", "currency", "timezone", "roll_up", "group", "skip_blank",
          "total_blank", "total_of_rows", "parent", "note")  # fmt: skip
_LISTS = ("required", "reference", "also", "sheets", "null_tokens", "fill_down", "example", "once",
          "inherit")  # fmt: skip
_FLAGS = ("merge", "future", "shop_wide", "template")


class UnusableMapping(EcomError, ValueError):
    """A mapping that can't be used: a needed column is missing, or a shared file is not sound."""


def unusable(problem: Text, remedy: Text | None = None) -> UnusableMapping:
    """The fault of a mapping, with the usual remedy."""
    return UnusableMapping(
        problem, remedy or message("Correct the mapping, or export it anew where it was made.")
    )


def check_shape(content: Mapping[str, Any]) -> None:
    """Refuse what is no mapping by its types, or would take forever to read.

    Raises
    ------
    UnusableMapping
    """
    columns = content.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise unusable(message("The mapping stores no column."))
    if not all(isinstance(t, str) and is_texts(h) and h for t, h in columns.items()):
        raise unusable(message("Each stored column needs a list of headers."))
    for name in ("title", "platform"):
        if not isinstance(content.get(name), str) or not 0 < len(content[name]) <= 120:
            raise unusable(message("The mapping needs a {name}.", name=name))
    _all(content, _WORDS, _is_word, message("“{name}” must be a word."))
    _all(content, _LISTS, is_texts, message("“{name}” must be a list of words."))
    _all(content, _FLAGS, _is_flag, message("“{name}” must be true or false."))
    _all(content, ("kinds", "constants"), _is_words, _ONE_WORD_EACH)
    _all(content, ("leave_out", "sums", "joined"), _is_lists, _LISTS_EACH)
    _all(content, ("words",), _is_dictionaries, _ONE_WORD_EACH)
    _all(content, ("row_cap",), _is_count, message("“{name}” must be a whole number."))
    _check_choices(content, _CHOICES)
    groups = content.get("required_any", [])
    if not isinstance(groups, (list, tuple)) or not all(is_texts(one) and one for one in groups):
        raise unusable(message("“{name}” must be a list of words.", name="required_any"))
    for header in (*content.get("required", []), *(name for group in groups for name in group)):
        _refuse_pattern(header)
    for headers in columns.values():
        for header in headers:
            _refuse_pattern(header)
    _check_zone(content.get("timezone", ""))
    _check_melt(content.get("melt"))
    _check_orders(content.get("orders", {}))


def is_texts(value: Any) -> bool:
    """Whether a value is a list of words of reasonable length."""
    return isinstance(value, (list, tuple)) and all(map(_is_word, value))


_ONE_WORD_EACH = message("“{name}” must name one word for each column.")
_LISTS_EACH = message("“{name}” must name a list of words for each column.")


def _all(
    content: Mapping[str, Any], names: tuple[str, ...], holds: Callable[[Any], bool], said: Text
) -> None:
    """Refuse the first of the named fields that is there and not as it should be."""
    for name in names:
        if name in content and not holds(content[name]):
            raise unusable(Text(said.template, (("name", name),)))


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_words(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_word(k) and _is_word(v) for k, v in value.items())


def _is_lists(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_word(k) and is_texts(v) for k, v in value.items())


def _is_dictionaries(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_word(k) and _is_words(v) for k, v in value.items())


def _refuse_pattern(header: str) -> None:
    """Patterns of headers run on an engine that can take forever."""
    if header.startswith("~"):
        raise unusable(message("Patterns such as “{name}” are not allowed.", name=header))


def _check_choices(content: Mapping[str, Any], choices: Mapping[str, tuple[str, ...]]) -> None:
    for name, allowed in choices.items():
        if content.get(name, allowed[0]) not in allowed:
            raise unusable(
                message("“{name}” can't be “{value}”.", name=name, value=str(content[name]))
            )


def _check_zone(name: str) -> None:
    try:
        _ = ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise unusable(
            message("“{name}” can't be “{value}”.", name="timezone", value=name)
        ) from error


def _check_melt(melt: Any) -> None:
    if melt is None:
        return
    needed = {"name", "value"}
    sound = isinstance(melt, dict) and needed <= set(melt) <= {*needed, "pattern"}
    sound = sound and _is_word(melt["name"]) and _is_word(melt["value"])
    if not sound or not melt["name"].strip() or not melt["value"].strip():
        raise unusable(message("“{name}” must be a list of rules.", name="melt"))
    _check_pattern("melt", melt.get("pattern", ""))


def _check_orders(orders: Any) -> None:
    if not isinstance(orders, dict):
        raise unusable(message("“{name}” must be a list of rules.", name="orders"))
    _check_choices(orders, _ORDER_CHOICES)
    words = orders.get("status_map", {})
    if not _is_words(words) or not set(words.values()) <= _STATUS_WORDS:
        raise unusable(Text(_ONE_WORD_EACH.template, (("name", "status_map"),)))
    lists = ("refund_done", "unpaid_reasons", "not_goods", "line_cancelled")
    _all(orders, lists, is_texts, message("“{name}” must be a list of words."))
    flags = ("zero_is_adjustment", "negative_is_refund")
    _all(orders, flags, _is_flag, message("“{name}” must be true or false."))
    _all(orders, ("joined_by",), _is_word, message("“{name}” must be a word."))
    for name in ("returns", "adjustments"):
        _check_pattern(name, orders.get(name, ""))
    _check_pattern("day_in_id", orders.get("day_in_id", ""), group="day")


def _check_pattern(name: str, pattern: Any, *, group: str = "") -> None:
    """Arrow's engine runs in linear time, so a pattern that it takes needs no other check."""
    sound = isinstance(pattern, str) and len(pattern) <= _LONGEST_PATTERN
    try:
        if sound and group and pattern:
            found = pc.extract_regex(pa.array([""]), pattern)
            sound = found.type.get_field_index(group) >= 0
        elif sound:
            pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        raise unusable(message("“{name}” is no pattern.", name=name)) from error
    if not sound:
        raise unusable(message("“{name}” is no pattern.", name=name))
