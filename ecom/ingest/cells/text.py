"""Cells and headers as plain text: wrappers, invisible characters and null words taken off."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

INVISIBLE = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"
TRIMMED = " \t\r\n\x0b\x0c\u00a0\u3000" + INVISIBLE
NULL_WORDS = ("", "-", "--", "—", "–", "\\N")
NULL_NUMBERS = (*NULL_WORDS, "nan", "NaN", "NULL", "null", "None", "N/A", "n/a", "NA", "na")

# what spreadsheets write into cells whose formula failed, and what our reader puts into cells
# whose formula was saved without a value
ERROR_CELL = r"^#(N/A|REF!|VALUE[!?]|DIV/0!|NAME\?|NUM!|NULL!|ERROR!)$"

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_SPACES = re.compile(r"\s+")


def normalise_header(name: object) -> str:
    """A header as it is compared: no invisible marks, NFKC, single spaces, folded case."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", str(name)))
    return _SPACES.sub(" ", text).strip(" \"'\t").casefold()


def by_value(column: pa.Array, clean: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Clean every distinct value once. Most columns of an export repeat few values."""
    encoded = column.dictionary_encode()
    return clean(encoded.dictionary).take(encoded.indices)


def trim(values: pa.Array, *, nulls: Iterable[str] = NULL_WORDS) -> pa.Array:
    """Take off blanks, tabs, byte-order marks and ``="…"``; null words become null."""
    trimmed = pc.utf8_trim(values, characters=TRIMMED)
    if pc.any(pc.starts_with(trimmed, "=")).as_py():
        trimmed = pc.replace_substring_regex(trimmed, r'^="?([^"]*)"?$', r"\1")
        trimmed = pc.utf8_trim(trimmed, characters=TRIMMED)
    is_null = pc.is_in(trimmed, pa.array(list(nulls), pa.string()))
    return pc.if_else(is_null, pa.scalar(None, pa.string()), trimmed)


def error_cells(values: pa.Array) -> np.ndarray:
    """Which texts are a spreadsheet's error instead of a value."""
    if not pc.any(pc.starts_with(values, "#")).as_py():
        return np.zeros(len(values), dtype=bool)
    return mask(pc.match_substring_regex(values, ERROR_CELL))


def as_text(column: pa.Array) -> pa.Array:
    """Any cells as text; whole floats without their ``.0``."""
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_null(column.type):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_floating(column.type):
        whole = pc.all(pc.equal(column, pc.trunc(column)), min_count=0).as_py()
        limit = pc.max(pc.abs(column)).as_py()
        if whole and (limit is None or limit < 2**63):
            column = column.cast(pa.int64())
    return column.cast(pa.string())


def mask(condition: pa.Array) -> np.ndarray:
    """A nullable boolean column as numpy; null is false."""
    return pc.fill_null(condition, False).to_numpy(zero_copy_only=False)
