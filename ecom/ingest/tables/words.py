"""Columns whose words are the platform's, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import SOURCE_ROW, column_of, put
from ecom.ingest.cells.text import by_value, mask
from ecom.ingest.cells.words import in_our_words
from ecom.ingest.findings import finding_at
from ecom.ingest.recognition.layout import Layout
from ecom.store.staging import Finding

_NO_WORD = "unknown"


def with_our_words(rows: pa.Table, layout: Layout) -> tuple[pa.Table, list[Finding]]:
    """Translate every column that the layout has words for; remarks on words it does not know."""
    findings = []
    for target, meanings in layout.words.items():
        if target not in rows.column_names:
            continue
        theirs = column_of(rows, target)
        ours = by_value(theirs, partial(_look_up, meanings=meanings))
        unknown = mask(pc.and_(pc.is_valid(theirs), pc.is_null(ours)))
        if unknown.any():
            numbers = column_of(rows, SOURCE_ROW).to_numpy()
            name = target.partition(".")[2]
            findings.append(finding_at("UNKNOWN_WORD", unknown, numbers, column=name, cells=theirs))
            ours = pc.if_else(pa.array(unknown), _NO_WORD, ours)
        rows = put(rows, target, ours)
    return rows, findings


def _look_up(words: pa.Array, *, meanings: Mapping[str, str]) -> pa.Array:
    return pa.array(in_our_words(words.to_pylist(), meanings), pa.string())
