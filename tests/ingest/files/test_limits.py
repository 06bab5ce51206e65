"""Files built to fill memory or time: one sentence within seconds, in a process that may hold
little. Each attack runs in a child whose peak memory is measured."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from . import make

Write = Callable[..., Path]
_SECONDS = 20  # the machine may be busy; alone each takes one or two
_MEGABYTES = 450  # of which 150 are the imports
_LIMIT = 4 << 30  # no allocation beyond it: a reader that tried would be killed, not refused

_CHILD = """
import json, resource, sys, time
from pathlib import Path
from ecom.errors import EcomError
from ecom.ingest import examine
from ecom.ingest.recognition.layout import layouts
from ecom.settings import Settings
layouts()
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
started, said = time.perf_counter(), []
try:
    found = examine(Path(sys.argv[1]), shop=None, settings=Settings(), secret=b"s")
    said = [str(table.problem) for table in found.tables]
except EcomError as error:
    said = [str(error.problem)]
print(json.dumps({
    "said": said,
    "seconds": time.perf_counter() - started,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
}))
"""


def refused(path: Path) -> str:
    """What a child says of a file, after it kept within its bounds."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path), str(_LIMIT)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["seconds"] < _SECONDS, told
    assert told["megabytes"] < _MEGABYTES, told
    (sentence,) = told["said"]
    return sentence


def lying(content: bytes, name: str, *, stated: int) -> bytes:
    """The zip with another unpacked size in both places that state it."""
    start = content.index(name.encode()) - 30
    record = content.rindex(name.encode()) - 46
    changed = bytearray(content)
    changed[start + 22 : start + 26] = struct.pack("<I", stated)
    changed[record + 24 : record + 28] = struct.pack("<I", stated)
    return bytes(changed)


def wide(columns: int) -> str:
    """One row of so many cells, with their places."""

    def letters(number: int) -> str:
        return (letters((number - 1) // 26) if number > 26 else "") + chr(65 + (number - 1) % 26)

    return "".join(f'<c r="{letters(n)}1"><v>{n}</v></c>' for n in range(1, columns + 1))


ROW = f'<row r="1">{make.cell("A1", "order_id")}</row>'
LAUGHS = "<!DOCTYPE x [" + '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"  # fmt: skip
NOISE = "".join(f"{n * 7919 % 99991:05d}" for n in range(400_000))  # does not pack well: 2 MB

WORKBOOKS = {
    "two cells far apart": (
        lambda: make.xlsx(f'{ROW}<row r="1048576"><c r="SR1048576"><v>1</v></c></row>'), "spans"
    ),
    "16,384 columns": (lambda: make.xlsx(f'<row r="1">{wide(16_384)}</row>'), "columns"),
    "a far column below": (
        lambda: make.xlsx(f'{ROW}<row r="9"><c r="XFD9"><v>1</v></c></row>'), "columns"
    ),
    "cells without places": (
        lambda: make.xlsx(f"<row>{'<c><v>1</v></c>' * 20_000}</row>{NOISE}"), "columns"
    ),
    "a bomb that states its size": (lambda: make.xlsx(ROW + " " * 900_000_000), "unpack to"),
    "a bomb that lies about its size": (
        lambda: lying(make.xlsx(ROW + " " * 300_000_000), "xl/worksheets/sheet1.xml", stated=9_000),
        "damaged",
    ),
    "a cell of 100 MB": (
        lambda: make.xlsx(f'<row r="1">{make.cell("A1", NOISE * 50)}</row>'), "longer than"
    ),
    "a shared text of 100 MB": (
        lambda: make.xlsx(ROW, shared_strings=f"<si><t>{NOISE * 50}</t></si>"), "longer than"
    ),
    "billion laughs": (
        lambda: make.xlsx(f'<row r="1">{make.cell("A1", "&j;")}</row>', before=LAUGHS), "damaged"
    ),
    "ods, a billion repeated cells": (
        lambda: make.ods(
            '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
            'table:number-columns-repeated="500"><text:p>1</text:p></table:table-cell>'
            "</table:table-row>"
        ),
        "spans",
    ),
    "ods, 16,384 columns": (
        lambda: make.ods(
            '<table:table-row><table:table-cell table:number-columns-repeated="16384">'
            "<text:p>1</text:p></table:table-cell></table:table-row>"
        ),
        "columns",
    ),
    "ods, billion laughs": (
        lambda: make.ods(
            "<table:table-row><table:table-cell><text:p>&j;</text:p></table:table-cell>"
            "</table:table-row>",
            declarations=LAUGHS,
        ),
        "damaged",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_workbooks_built_to_fill_memory(write: Write, kind: str) -> None:
    build, words = WORKBOOKS[kind]
    assert words in refused(write(build(), "attack.xlsx"))


MARKUP = {
    "spreadsheet xml, billion laughs": (
        lambda: make.spreadsheet_xml([["&j;"]], declarations=LAUGHS), "entities"
    ),
    "spreadsheet xml, a far cell": (
        lambda: make.spreadsheet_xml().replace("<Cell>", '<Cell ss:Index="16384">', 1), "damaged"
    ),
    "spreadsheet xml, deep nesting": (
        lambda: make.spreadsheet_xml().replace("<Row>", "<a>" * 1_000_000, 1), "damaged"
    ),
    "html, a cell over a billion columns": (
        lambda: make.html().replace("<td>", '<td colspan="999999999">', 1), "columns"
    ),
    "html, a row of a million cells": (
        lambda: f"<table><tr>{'<td>1' * 1_000_000}</table>", "columns"
    ),
    "html, a cell of 40 MB": (lambda: f"<table><tr><td>{'x' * 40_000_000}", "longer than"),
    "html, tables in tables": (lambda: "<table><tr><td>" * 100_000, "damaged"),
    "html, nothing but tags": (lambda: "<table>" + "<b>" * 3_000_000, "without a table"),
}  # fmt: skip


@pytest.mark.parametrize("kind", MARKUP)
def test_markup_built_to_fill_memory(write: Write, kind: str) -> None:
    build, words = MARKUP[kind]
    assert words in refused(write(build(), "attack.xls"))


def test_texts_built_to_fill_memory(write: Write) -> None:
    good = make.text()
    assert "columns" in refused(write("," * 1_000_000 + "\n1\n"))
    assert "first line" in refused(write("x" * 100_000_000))
    assert "split" in refused(write(good + '"' + "x" * 100_000_000 + '",1,1,1,1,1,1\n'))


def test_a_row_of_a_million_marks_only_costs_itself(write: Write) -> None:
    assert refused(write(make.text() + "," * 1_000_000 + "x\n")) == "None"


def test_a_gigabyte_is_refused_by_its_size(write: Write) -> None:
    path = write(make.text())
    with path.open("r+b") as file:
        file.truncate(1_000_000_000)  # a hole: it takes no room on the disk
    assert "MB" in refused(path)


def test_archives_built_to_fill_memory(write: Write) -> None:
    zeros = make.zipped({"a.csv": bytes(300_000_000)})
    assert "unpack to" in refused(write(zeros, "bomb.zip"))
    nested = make.zipped(
        {f"{n}.zip": zeros for n in range(16)}, stored=[f"{n}.zip" for n in range(16)]
    )
    sentences = _all_refused(write(nested, "nested.zip"))
    assert all("inside an archive" in sentence for sentence in sentences)
    many = make.zipped({f"{n}.csv": "a\n" for n in range(501)})
    assert "at most 500" in refused(write(many, "many.zip"))


def test_a_million_entries_are_counted_not_listed(write: Write) -> None:
    record = b"PK\x01\x02" + bytes(42)
    body = b"PK\x03\x04" + bytes(26) + record * 1_000_000
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 65_535, 65_535, 46_000_000, 30, 0)
    assert "more than" in refused(write(body + end, "many.zip"))


def test_three_hundred_small_files_are_no_attack(write: Write) -> None:
    content = make.zipped({f"{n}.csv": make.text() for n in range(300)})
    started = time.perf_counter()
    assert _all_refused(write(content, "inbox.zip")) == ["None"] * 300
    assert time.perf_counter() - started < 120


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("kind", ["xlsx", "ods", "zip"])
def test_truncated_files_are_damaged(write: Write, kind: str, share: float) -> None:
    from ecom.errors import UnreadableFile
    from tests.ingest.conftest import examined

    content = {
        "xlsx": lambda: make.xlsx(ROW), "ods": lambda: make.ods(""),
        "zip": lambda: make.zipped({"a.csv": make.text()}),
    }[kind]()  # fmt: skip
    with pytest.raises(UnreadableFile, match="damaged"):
        examined(write(content[: max(5, int(len(content) * share))], "cut.xlsx"))


def _all_refused(path: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path), str(_LIMIT)],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["megabytes"] < _MEGABYTES, told
    return list(told["said"])


def test_the_attacks_are_what_they_claim() -> None:
    import io

    with zipfile.ZipFile(io.BytesIO(WORKBOOKS["a bomb that lies about its size"][0]())) as archive:
        assert archive.getinfo("xl/worksheets/sheet1.xml").file_size == 9_000
