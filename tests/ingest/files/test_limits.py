"""Files built to fill memory or time: one sentence within seconds, in a process that may hold
little. Each attack runs in a child whose peak memory is measured."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from ecom.errors import UnreadableFile
from tests.ingest.conftest import examined

from . import make

Write = Callable[..., Path]
_SECONDS = 20  # the machine may be busy; alone each takes one or two
_MEGABYTES = 600  # of which half are the imports
_LIMIT = 4 << 30  # no allocation beyond it: a reader that tried would be killed, not refused

_CHILD = """
import json, re, resource, sys, time
from pathlib import Path
from ecom.errors import EcomError
from ecom.ingest import examine
from ecom.ingest.recognition.layout import layouts
from ecom.settings import Settings
layouts()
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
told = []
for name in sys.argv[2:]:
    started = time.perf_counter()
    try:
        found = examine(Path(name), shop=None, settings=Settings(), secret=b"s")
        said = [str(table.problem) for table in found.tables]
    except EcomError as error:
        said = [str(error.problem)]
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
    told.append((said, time.perf_counter() - started, peak / 1000))
print(json.dumps(told))
"""


def told(paths: Sequence[Path]) -> list[list[str]]:
    """What one child says of each file, one sentence a table, after it kept within its bounds."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(_LIMIT), *map(str, paths)],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    sentences = []
    for path, (said, seconds, megabytes) in zip(paths, json.loads(done.stdout), strict=True):
        assert seconds < _SECONDS, (path.name, seconds)
        assert megabytes < _MEGABYTES, (path.name, megabytes)
        sentences.append(said)
    return sentences


def check(write: Write, attacks: Mapping[str, tuple[Callable[[], bytes | str], str]]) -> None:
    """Every attack is refused with one sentence that holds its words."""
    paths = [write(build(), f"{number}.xls") for number, (build, _) in enumerate(attacks.values())]
    said = dict(zip(attacks, told(paths), strict=True))
    wrong = {
        kind: said[kind]
        for kind, (_, words) in attacks.items()
        if len(said[kind]) != 1 or words not in said[kind][0]
    }
    assert wrong == {}


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


def _repeated(*, rows: int, columns: int, words: str = "1") -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell '
        f'office:value-type="string" table:number-columns-repeated="{columns}">'
        f"<text:p>{words}</text:p></table:table-cell></table:table-row>"
    )


ROW = f'<row r="1">{make.cell("A1", "order_id")}</row>'
LAUGHS = "<!DOCTYPE x [" + '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
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
    "a bomb that states its size": (lambda: make.xlsx(ROW + " " * 50_000_000), "unpack to"),
    "a bomb that lies about its size": (
        lambda: lying(make.xlsx(ROW + " " * 120_000_000), "xl/worksheets/sheet1.xml", stated=9_000),
        "damaged",
    ),
    "a cell of 40 MB": (
        lambda: make.xlsx(f'<row r="1">{make.cell("A1", NOISE * 20)}</row>'), "longer than"
    ),
    "a shared text of 40 MB": (
        lambda: make.xlsx(ROW, shared_strings=f"<si><t>{NOISE * 20}</t></si>"), "longer than"
    ),
    "billion laughs": (
        lambda: make.xlsx(f'<row r="1">{make.cell("A1", "&j;")}</row>', before=LAUGHS), "damaged"
    ),
    "ods, a billion repeated cells": (
        lambda: make.ods(_repeated(rows=1_000_000, columns=500)), "spans"
    ),
    "ods, 16,384 columns": (lambda: make.ods(_repeated(rows=1, columns=16_384)), "columns"),
    "ods, billion laughs": (
        lambda: make.ods(_repeated(rows=1, columns=1, words="&j;"), declarations=LAUGHS), "damaged"
    ),
}  # fmt: skip


def test_workbooks_built_to_fill_memory(write: Write) -> None:
    check(write, WORKBOOKS)


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
    "html, tags in tags": (lambda: "<table>" + "<b>" * 3_000_000, "damaged"),
}  # fmt: skip


def test_markup_built_to_fill_memory(write: Write) -> None:
    check(write, MARKUP)


TEXTS = {
    "a million columns": (lambda: "," * 1_000_000 + "\n1\n", "columns"),
    "a first line of 100 MB": (lambda: "x" * 100_000_000, "first line"),
    "a cell of 100 MB": (lambda: f'{make.text()}"{"x" * 100_000_000}",1,1,1,1,1,1\n', "split"),
    "a million marks among the first rows": (
        lambda: make.text() + "," * 1_000_000 + "x\n", "columns"
    ),
    "a million marks further down": (  # that row is rejected, the others load
        lambda: make.text([make.HEADER, *[make.ROWS[0]] * 99]) + "," * 1_000_000 + "x\n", "None"
    ),
}  # fmt: skip


def test_texts_built_to_fill_memory(write: Write) -> None:
    check(write, TEXTS)


def test_a_gigabyte_is_refused_by_its_size(write: Write) -> None:
    path = write(make.text())
    with path.open("r+b") as file:
        file.truncate(1_000_000_000)  # a hole: it takes no room on the disk
    assert told([path]) == [["The file has 1000 MB; at most 200 MB can be read."]]


def _many_records() -> bytes:
    body = b"PK\x03\x04" + bytes(26) + (b"PK\x01\x02" + bytes(42)) * 1_000_000
    return body + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 65_535, 65_535, 46_000_000, 30, 0)


def _bomb() -> bytes:
    return make.zipped({"a.csv": bytes(100_000_000)})


ARCHIVES = {
    "a bomb": (_bomb, "unpack to"),
    "a bomb in an archive": (
        lambda: make.zipped({"a.zip": _bomb()}, stored=["a.zip"]), "inside an archive"
    ),
    "501 files": (lambda: make.zipped({f"{n}.csv": "a\n" for n in range(501)}), "at most 500"),
    "a million records": (_many_records, "more than"),
}  # fmt: skip


def test_archives_built_to_fill_memory(write: Write) -> None:
    check(write, ARCHIVES)


def test_three_hundred_small_files_are_no_attack(write: Write) -> None:
    content = make.zipped({f"{n}.csv": make.text() for n in range(300)})
    assert told([write(content, "inbox.zip")]) == [["None"] * 300]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("kind", ["xlsx", "ods", "zip"])
def test_truncated_files_are_damaged(write: Write, kind: str, share: float) -> None:
    content = {
        "xlsx": lambda: make.xlsx(ROW), "ods": lambda: make.ods(""),
        "zip": lambda: make.zipped({"a.csv": make.text()}),
    }[kind]()  # fmt: skip
    with pytest.raises(UnreadableFile, match="damaged"):
        examined(write(content[: max(5, int(len(content) * share))], "cut.xlsx"))


def test_the_attacks_are_what_they_claim() -> None:
    with zipfile.ZipFile(io.BytesIO(WORKBOOKS["a bomb that lies about its size"][0]())) as archive:
        assert archive.getinfo("xl/worksheets/sheet1.xml").file_size == 9_000
