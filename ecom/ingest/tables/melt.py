"""Columns that are one thing seen several times, a month or a warehouse each, made into rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.clean import clean_numbers
from ecom.ingest.cells.columns import constant
from ecom.ingest.cells.text import INVISIBLE, as_text, normalise_header
from ecom.ingest.files.raw import RawTable
from ecom.ingest.recognition.layout import Layout


def melted(raw: RawTable, layout: Layout) -> RawTable:
    """The table with one row for each filled cell of the columns that the layout melts.

    Notes
    -----
    A row of the file is counted once for each of its filled cells, so that the row account still
    adds up. ``rows`` keep the number of the row they come from.
    """
    places = melted_places(raw, layout)
    if not places or layout.melt is None:
        return raw
    kept = [place for place in range(len(raw.headers)) if place not in places]
    values = [as_text(raw.columns[place]) for place in places]
    filled = [np.flatnonzero(_has_value(column)) for column in values]
    taken = np.concatenate(filled)
    order = np.argsort(taken, kind="stable")
    names = pa.concat_arrays(
        [
            constant(_name(raw.headers[place]), len(rows))
            for place, rows in zip(places, filled, strict=True)
        ]
    )
    cells = pa.concat_arrays(
        [column.take(pa.array(rows)) for column, rows in zip(values, filled, strict=True)]
    )
    rows = pa.array(taken[order])
    return replace(
        raw,
        headers=(*(raw.headers[place] for place in kept), layout.melt.name, layout.melt.value),
        columns=(
            *(raw.columns[place].take(rows) for place in kept),
            names.take(pa.array(order)),
            cells.take(pa.array(order)),
        ),
        rows=raw.rows[taken[order]],
    )


def melted_places(raw: RawTable, layout: Layout) -> list[int]:
    """The columns that ``melted`` makes rows of."""
    if layout.melt is None:
        return []
    names = [normalise_header(header) for header in raw.headers]
    if normalise_header(layout.melt.name) in names:
        return []
    if layout.melt.pattern:
        # Arrow's engine takes linear time, whatever pattern a shared mapping brings.
        fits = pc.match_substring_regex(pa.array(names, pa.string()), layout.melt.pattern)
        return np.flatnonzero(fits).tolist()
    return [
        place
        for place, name in enumerate(names)
        if name
        and name not in layout.known
        and not any(pattern.search(name) for pattern in layout.patterns)
        and _counts(raw.columns[place], raw.headers[place], layout.null_tokens)
    ]


def _name(header: str) -> str:
    """A header as a name that is stored: no invisible marks, single spaces."""
    return " ".join(_visible(header).split())


def _visible(header: str) -> str:
    return header.translate(dict.fromkeys(map(ord, INVISIBLE)))


def _counts(column: pa.Array, header: str, nulls: tuple[str, ...]) -> bool:
    """Whether a column that nobody knows holds whole numbers and nothing else; a header that is
    repeated among the rows does not matter."""
    written = (header.strip(), _visible(header).strip(), _name(header))
    numbers = clean_numbers(column, kind="count", nulls=(*nulls, *written))
    return not numbers.problems["BAD_NUMBER"].any() and numbers.values.null_count < len(column)


def _has_value(column: pa.Array) -> np.ndarray:
    text = pc.fill_null(pc.utf8_trim_whitespace(column), "")
    return pc.not_equal(text, "").to_numpy(zero_copy_only=False)
