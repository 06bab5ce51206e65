"""Tables as literal text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from ecom.ingest.files.raw import RawTable

UNKNOWN: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "unknown.yaml").read_text("utf-8")
)


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> RawTable:
    """A table of text cells, as a csv gives it."""
    return RawTable(
        sheet="",
        headers=tuple(headers),
        columns=tuple(
            pa.array([row[place] for row in rows], pa.string()) for place in range(len(headers))
        ),
        rows=np.arange(2, 2 + len(rows), dtype=np.int32),
        header_row=1,
    )


def from_text(text: str) -> RawTable:
    """The same from a csv; semicolons where its header has them."""
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    headers, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return table(headers, rows)
