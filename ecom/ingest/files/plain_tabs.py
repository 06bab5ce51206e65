"""Tab text that was written without quoting, as Amazon does: made into what a csv reader expects.

In such a file a quotation mark is a character like any other, and empty cells at the end of a line
are cut off.
"""

from __future__ import annotations

import re

_OPEN_QUOTE = re.compile(rb'(?m)(?:^|\t)"(?:[^"\t\n]|"(?![\t\n]))*\t')
# In quoted text nothing follows the mark that ends a cell.
_GOES_ON = re.compile(rb'"(?:[^"]|"")*"[^"\t]')


def with_quoting(body: bytes, width: int) -> bytes:
    """The lines below the header, each with its cells quoted where needed and none missing.

    Parameters
    ----------
    body : bytes
        UTF-8 with plain line ends.
    width : int
        Number of columns.

    Notes
    -----
    Quotation marks are plain where a cell opens one and ends without closing it, in a line that
    has no cell too many or after a second mark with text behind it: else it is a tab in a cell.
    Short lines are filled up only where the writer leaves no empty cell at any line's end, and not
    where two of them together make one line: that is a line break in a cell.
    """
    plain = any(
        body.count(b"\t", *_line_at(body, found.start())) < width
        or _GOES_ON.match(found[0].lstrip(b"\t"))
        for found in _OPEN_QUOTE.finditer(body)
    )
    if not plain and b'"' in body:
        return body
    lines = body.split(b"\n")
    short = _short_lines(lines, width)
    if not plain and not short:
        return body
    made = [
        line + b"\t" * (width - 1 - line.count(b"\t")) if number in short else line
        for number, line in enumerate(lines)
    ]
    return b"\n".join(_quoted(line) if b'"' in line else line for line in made)


def _line_at(body: bytes, place: int) -> tuple[int, int]:
    """Where the line that holds ``place`` starts and ends; a tab at ``place`` belongs to it."""
    start = body.rfind(b"\n", 0, place) + 1
    end = body.find(b"\n", place)
    return start, len(body) if end < 0 else end


def _short_lines(lines: list[bytes], width: int) -> frozenset[int]:
    """Which lines lost the empty cells at their end; the last one may have been cut instead."""
    tabs = [line.count(b"\t") for line in lines[:-1]]
    found = [
        number
        for number, count in enumerate(tabs)
        if count < width - 1 and lines[number].strip() and not lines[number].startswith(b"#")
    ]
    if any(line.endswith(b"\t") for line in lines):
        return frozenset()
    if len(found) == 1 and tabs[found[0]] == width - 2:
        return frozenset()  # one tab missing in one line is damage
    broken = {
        number
        for first in found
        if first + 1 in found and tabs[first] + tabs[first + 1] == width - 1
        for number in (first, first + 1)
    }
    return frozenset(found) - broken


def _quoted(line: bytes) -> bytes:
    return b"\t".join(
        b'"' + cell.replace(b'"', b'""') + b'"' if cell.startswith(b'"') else cell
        for cell in line.split(b"\t")
    )
