"""Merged cells, and headers of two lines that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecom.ingest.files.raw import FindHeader

Row = list[str]


@dataclass(frozen=True, slots=True)
class Span:
    """A merged cell, first and last row and column counted from 0."""

    top: int
    left: int
    bottom: int
    right: int

    def moved(self, rows: int, columns: int) -> Span:
        """The same cell where the table begins at another one."""
        return Span(self.top - rows, self.left - columns, self.bottom - rows, self.right - columns)


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns; ``place`` is the last of their lines, counted from 0."""

    names: tuple[str, ...]
    place: int
    lines: int = 1


def choose_header(
    rows: Sequence[Row], find_header: FindHeader, *, spans: Sequence[Span] | None = None
) -> Header:
    """Find the header among the first rows, with two lines joined by ``/`` where they are one.

    Parameters
    ----------
    rows : the first rows, as text
    find_header : index of the header among rows
    spans : merged cells; None where the container does not tell. Then a line is the upper one of
        two when it leaves gaps that the line below fills, and the other way round.

    Notes
    -----
    ``['日期', '销售', ''] / ['', '数量', '金额']`` is 日期, 销售/数量 and 销售/金额.
    """
    joined = {
        place: names for place in range(1, len(rows)) if (names := _joined(rows, place, spans))
    }
    found = find_header([joined.get(place, row) for place, row in enumerate(rows)])
    names = joined.get(found, rows[found])
    return Header(tuple(names), found, 2 if found in joined else 1)


def _joined(rows: Sequence[Row], lower: int, spans: Sequence[Span] | None) -> Row | None:
    upper = lower - 1
    if not all(_is_name(cell) for cell in (*rows[upper], *rows[lower])):
        return None
    if spans is None:
        above = _filled_by_gaps(rows[upper], rows[lower])
    else:
        above = _filled_by_spans(rows[upper], upper, spans)
    if above is None:
        return None
    return [
        f"{first}/{second}" if first and second and first != second else first or second
        for first, second in zip(above, rows[lower], strict=True)
    ]


def _filled_by_spans(row: Row, place: int, spans: Sequence[Span]) -> Row | None:
    """The upper line with its wide cells filled right; None when none of them is a group's name.

    A cell over the whole table, or with nothing beside it, is a title.
    """
    filled = list(row)
    groups = 0
    for span in spans:
        if span.top == place == span.bottom and 0 <= span.left < span.right < len(row):
            if span.right - span.left + 1 == len(row):
                return None
            groups += 1
            filled[span.left : span.right + 1] = [row[span.left]] * (span.right - span.left + 1)
    return filled if groups and all(filled) else None


def _filled_by_gaps(row: Row, below: Row) -> Row | None:
    """The upper line filled right wherever only the lower one has a name.

    Both must have gaps: above a full header stands a title.
    """
    named = [place for place, cell in enumerate(row) if cell]
    if len(named) < 2 or named[0] != 0 or len(named) == len(row) or all(below):
        return None
    if any(not low for cell, low in zip(row, below, strict=True) if not cell):
        return None
    filled: Row = []
    for place, cell in enumerate(row):
        opens_group = not cell or (place + 1 < len(row) and not row[place + 1])
        if opens_group and not below[place]:
            return None
        if cell and not opens_group and below[place]:
            return None
        filled.append(cell or filled[-1])
    return filled


def _is_name(cell: str) -> bool:
    """Whether a cell can belong to a header: blank, or something else than a number or a day."""
    return not cell or (not cell[:1].isdigit() and cell[:1] not in "-+¥￥$")
