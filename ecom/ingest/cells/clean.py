"""Cells to typed values: ids, words, money, counts. Whole columns at a time.

Every cleaner answers with a ``Cleaned``: the typed column and, for each kind of problem, the rows
that have it. A cell with a problem is null in the typed column.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.decimals import MONEY_SCALE, QUANTITY_SCALE, from_floats
from ecom.ingest.cells.privacy import looks_personal
from ecom.ingest.cells.text import (
    NULL_NUMBERS,
    NULL_WORDS,
    as_text,
    by_value,
    error_cells,
    mask,
    trim,
)
from ecom.provinces import PROVINCES

_EXACT_FLOAT = 2**53
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_CURRENCY = (
    r"(?i)(CNY|RMB|USD|EUR|GBP|HKD|AUD|CAD|CHF|JPY|BRL|SEK|NOK|DKK|PLN|AU|US|CA|HK"
    r"|R\$|kr|zł|元|%|\p{Sc})"
)
_NEEDS_COMMA = r"(^|[^,])\d,(\d{1,2}|\d{4,})$|\.\d{3},\d+$"
_NEEDS_POINT = r",\d{3}\.\d|^[+-]?\d*\.(\d{1,2}|\d{4,})$|,.*,"
_LOST_SHARE = 0.05
_PROVINCES = "|".join(province.short for province in PROVINCES)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A typed column and the rows it could not type, by code of the remark."""

    values: pa.Array
    problems: dict[str, np.ndarray] = field(default_factory=dict)


def clean_words(column: pa.Array, *, nulls: tuple[str, ...] = ()) -> Cleaned:
    """Text, trimmed; null words become null, and so does what looks like it is about a person."""
    encoded = as_text(column).dictionary_encode()
    words = trim(encoded.dictionary, nulls=(*NULL_WORDS, *nulls))
    return _storable(words, encoded.indices, ids=False)


def _storable(distinct: pa.Array, indices: pa.Array, *, ids: bool) -> Cleaned:
    """Texts without the errors of spreadsheet cells and without what tells of a person."""
    masks = {
        "ERROR_CELL": error_cells(distinct),
        "PERSONAL_DROPPED": looks_personal(distinct, ids=ids),
    }
    told = {code: found for code, found in masks.items() if found.any()}
    if not told:
        return Cleaned(distinct.take(indices))
    gone = np.logical_or.reduce(list(told.values()))
    kept = pc.if_else(pa.array(gone), pa.scalar(None, pa.string()), distinct)
    problems = {code: _take_mask(found, indices) for code, found in told.items()}
    return Cleaned(kept.take(indices), problems)


def clean_ids(
    column: pa.Array, *, workbook: bool, nulls: tuple[str, ...] = (), of_people: bool = False
) -> Cleaned:
    """Ids as text, letter for letter; those that a spreadsheet has rounded are refused.

    Parameters
    ----------
    column : text, or numbers and other cells as a workbook holds them
    workbook : whether long digit strings may have been numbers in a workbook cell
    of_people : the ids are hashed next, so that they may well be e-mail addresses
    """
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        lost = mask(pc.greater_equal(pc.abs(column), _EXACT_FLOAT))
        kept = pc.if_else(pa.array(lost), pa.scalar(None, column.type), column)
        return Cleaned(by_value(as_text(kept), trim), {"ID_PRECISION_LOST": lost})
    encoded = as_text(column).dictionary_encode()
    ids = pc.utf8_ltrim(trim(encoded.dictionary, nulls=(*NULL_WORDS, *nulls)), characters="'`")
    if pc.any(pc.ends_with(ids, ".0")).as_py():
        ids = pc.replace_substring_regex(ids, r"^(\d+)\.0$", r"\1")
    rounded = _rounded(ids, workbook=workbook)
    if rounded.any():
        ids = pc.if_else(pa.array(rounded), pa.scalar(None, pa.string()), ids)
    lost = _take_mask(rounded, encoded.indices)
    if of_people:
        return Cleaned(ids.take(encoded.indices), {"ID_PRECISION_LOST": lost})
    kept = _storable(ids, encoded.indices, ids=True)
    return Cleaned(kept.values, {"ID_PRECISION_LOST": lost, **kept.problems})


def _rounded(values: pa.Array, *, workbook: bool) -> np.ndarray:
    """Which distinct ids show the marks of a rounded number.

    ``6.9E+18`` always does. Excel keeps 15 digits, so a long id whose later digits are all zero
    may have gone through it; and in a workbook column that mixes text and numbers, a number of
    more than 53 bits arrives as digits that a double holds exactly. A true id may do so by chance:
    it is told from a rounded one by how many of its neighbours do.
    """
    scientific = mask(pc.match_substring_regex(values, r"^\d(\.\d+)?[eE]\+?\d+$"))
    long = np.flatnonzero(mask(pc.match_substring_regex(values, r"^\d{16,22}$")))
    if not len(long):
        return scientific
    numbers = values.take(pa.array(long))
    lost = _too_many(
        mask(pc.match_substring_regex(numbers, r"^\d{15}0+$")),
        10.0 ** (15 - pc.utf8_length(numbers).to_numpy(zero_copy_only=False)),
        least=2,
    )
    if workbook:
        digits = numbers.to_pylist()
        floats = [float(text) for text in digits]
        lost |= _too_many(
            np.array([int(f) == int(t) for f, t in zip(floats, digits, strict=True)]),
            1 / np.maximum(np.spacing(floats), 1.0),
            least=1,
        )
    return scientific | np.isin(np.arange(len(values)), long[lost])


def _too_many(marked: np.ndarray, chance: np.ndarray, *, least: int) -> np.ndarray:
    """The marked ids, when they are more than chance explains; none otherwise."""
    count = int(marked.sum())
    is_telling = count >= least and count > _LOST_SHARE * len(marked) + 3 * chance.sum()
    return marked if is_telling else np.zeros(len(marked), dtype=bool)


def clean_numbers(
    column: pa.Array,
    *,
    kind: str,
    nulls: tuple[str, ...] = (),
    decimal_comma: bool | None = None,
) -> Cleaned:
    """Numbers of any spelling.

    Parameters
    ----------
    column : text or numbers
    kind : "money" (DECIMAL(18, 4)), "quantity" (DECIMAL(18, 3)), "count" (int64) or "number"
        (float64). A count that is not whole is a problem.
    decimal_comma : what the whole file says of the comma; None: this column decides.
    """
    if pa.types.is_string(column.type):
        encoded = column.dictionary_encode()
        distinct = trim(encoded.dictionary, nulls=(*NULL_NUMBERS, *nulls))
        if kind == "count" and decimal_comma:  # a count has no decimals: 1.234 and 1,234 are one
            distinct = pc.replace_substring_regex(distinct, r"[.,](\d{3})\b", r"\1")
        parsed = parse_numbers(distinct, decimal_comma=decimal_comma)
        bad = mask(pc.and_(pc.is_valid(distinct), pc.is_null(parsed)))
        indices = encoded.indices
        floats = _floats(parsed.take(indices))
        bad_rows = _take_mask(bad, indices)
    else:
        floats = _floats(column)
        bad_rows = np.zeros(len(column), dtype=bool)
    bad_rows |= np.abs(floats) >= 1e13  # would not fit DECIMAL(18, 4)
    if kind == "count":
        bad_rows |= np.isfinite(floats) & (floats != np.rint(floats))
    floats = np.where(bad_rows, np.nan, floats)
    return Cleaned(_typed(floats, kind), {"BAD_NUMBER": bad_rows})


def _typed(floats: np.ndarray, kind: str) -> pa.Array:
    if kind == "money":
        return from_floats(floats, scale=MONEY_SCALE)
    if kind == "quantity":
        return from_floats(floats, scale=QUANTITY_SCALE)
    missing = np.isnan(floats)
    if kind == "count":
        return pa.array(np.where(missing, 0, floats).astype(np.int64), mask=missing)
    return pa.array(floats, mask=missing)


def told_comma(column: pa.Array, *, nulls: tuple[str, ...] = ()) -> bool | None:
    """Whether the comma is the decimal mark of a column; None where its cells do not tell."""
    if not pa.types.is_string(column.type):
        return False
    text = trim(pc.unique(column), nulls=(*NULL_NUMBERS, *nulls))
    if not pc.any(pc.match_substring(text, ",")).as_py():
        return False
    needs_comma, needs_point = comma_evidence(text)
    return None if needs_comma == needs_point else needs_comma


def parse_numbers(values: pa.Array, *, decimal_comma: bool | None = None) -> pa.Array:
    """Distinct trimmed texts to floats; what is no number becomes null.

    Takes off currency marks, blanks and thousands separators. Whether the comma is the decimal
    mark is decided once from all values: some value must need it (or the file be known for it) and
    none contradict it.
    """
    plain = pc.match_substring_regex(values, _NUMBER)
    if not decimal_comma and pc.all(plain, min_count=0).as_py():
        return values.cast(pa.float64())
    text = _bare(values)
    if decimal_comma is None:
        needs_comma, needs_point = comma_evidence(text)
        decimal_comma = needs_comma and not needs_point
    if decimal_comma:
        text = pc.replace_substring(pc.replace_substring(text, ".", ""), ",", ".")
    else:
        grouped = pc.match_substring_regex(text, r"^[+-]?\d{1,3}(,\d{3,4})+(\.\d*)?(万|亿)?$")
        text = pc.if_else(grouped, pc.replace_substring(text, ",", ""), text)
    factor = pc.if_else(
        pc.ends_with(text, "万"), 1e4, pc.if_else(pc.ends_with(text, "亿"), 1e8, 1.0)
    )
    text = pc.replace_substring_regex(text, "(万|亿)$", "")
    good = pc.match_substring_regex(text, _NUMBER)
    numbers = pc.if_else(good, text, pa.scalar(None, pa.string())).cast(pa.float64())
    return pc.multiply(numbers, factor)


def comma_evidence(values: pa.Array) -> tuple[bool, bool]:
    """Whether some value can only be read with a decimal comma, and some only with a point."""
    text = _bare(values)
    return tuple(
        bool(pc.any(pc.match_substring_regex(text, pattern)).as_py())
        for pattern in (_NEEDS_COMMA, _NEEDS_POINT)
    )  # type: ignore[return-value]  # two patterns, two answers


def _bare(values: pa.Array) -> pa.Array:
    """Numbers without currency marks and blanks; brackets are a minus."""
    text = values
    if not pc.all(pc.string_is_ascii(text), min_count=0).as_py():
        text = pc.utf8_normalize(text, form="NFKC")
    text = pc.replace_substring_regex(text, _CURRENCY, "")
    text = pc.replace_substring_regex(text, r"[\s'’_]", "")
    text = pc.replace_substring_regex(text, r"^\((.*)\)$", r"-\1")
    return pc.replace_substring(text, "−", "-")


def clean_regions(column: pa.Array) -> Cleaned:
    """The province out of an address; nothing finer is kept.

    A Chinese address is cut to the province's short name. Other text is kept only when it is a
    plain place name: short and without digits.
    """

    def clean(values: pa.Array) -> pa.Array:
        text = trim(values)
        word = r"[^\d\s,，*#]{2,20}"
        province = _extract(text, rf"^(?P<place>{_PROVINCES})")
        return pc.coalesce(province, _extract(text, rf"^(?P<place>{word}(?: {word}){{0,3}})$"))

    return Cleaned(by_value(as_text(column), clean))


def _extract(text: pa.Array, pattern: str) -> pa.Array:
    """The group ``place`` of a pattern; null where it does not match."""
    found = pc.extract_regex(text, pattern)
    return pc.if_else(pc.is_valid(found), found.field("place"), pa.scalar(None, pa.string()))


def clean_flags(column: pa.Array) -> Cleaned:
    """Yes and no in English and Chinese."""
    text = pc.utf8_lower(clean_words(column).values)
    yes = pc.is_in(text, pa.array(["true", "yes", "y", "1", "是"]))
    return Cleaned(pc.if_else(pc.is_valid(text), yes, pa.scalar(None, pa.bool_())))


def _floats(column: pa.Array) -> np.ndarray:
    floats = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isinf(floats), np.nan, floats)


def _take_mask(distinct: np.ndarray, indices: pa.Array) -> np.ndarray:
    if not distinct.any():
        return np.zeros(len(indices), dtype=bool)
    return mask(pa.array(distinct).take(indices))
