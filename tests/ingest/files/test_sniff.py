"""Kinds of files are told by their bytes."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ecom.errors import UnreadableFile
from ecom.ingest.files.sniff import Container, sniff

from . import make

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "damaged"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"<html><p>1</p></html>", "web page"),
        (b"PK\x03\x04 cut", "damaged"),
        (b"a,b\n\x00\x01\x02,1\n", "binary"),
        (b"a,b\n" + b"\xff\xff\xff,1\n", "neither"),
    ],
)
def test_a_foreign_file_gets_one_sentence(write: Write, content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        sniff(write(content))


def test_a_zip_that_is_no_workbook_is_an_archive(write: Write) -> None:
    content = make.zipped({"orders.csv": "a,b\n1,2\n"})
    assert sniff(write(content, "orders.xlsx")).container is Container.ARCHIVE


@pytest.mark.parametrize("part", ["word/document.xml", "ppt/presentation.xml", "xl/workbook.bin"])
def test_an_office_file_of_another_kind_is_refused(write: Write, part: str) -> None:
    content = make.zipped({"[Content_Types].xml": "<Types/>", part: "x"})
    with pytest.raises(UnreadableFile, match="but no"):
        sniff(write(content))


def test_binary_data_far_down_is_found(write: Write) -> None:
    with pytest.raises(UnreadableFile, match="binary"):
        sniff(write(b"a,b\n" + b"1,2\n" * 300_000 + b"\x00,1\n"))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(write: Write) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(50_000_000))
    with pytest.raises(UnreadableFile, match="unpack to"):
        sniff(write(buffer.getvalue(), "bomb.xlsx"))


def test_a_million_columns_are_refused_fast_and_in_little_memory(write: Write) -> None:
    path = write(",".join(f"c{n}" for n in range(1_000_000)) + "\n1\n")
    started = time.perf_counter()
    tracemalloc.start()
    with pytest.raises(UnreadableFile):
        sniff(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.perf_counter() - started < 2
    assert peak < 30_000_000


def test_a_file_over_the_limit_is_not_read(write: Write) -> None:
    with pytest.raises(UnreadableFile, match="MB"):
        sniff(write("a,b\n1,2\n"), max_bytes=3)


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_encodings_are_found_without_guessing(write: Write, encoding: str, found: str) -> None:
    sniffed = sniff(write("订单编号\t金额\nA1\t2\n".encode(encoding), "x.xls"))
    assert (sniffed.container, sniffed.encoding, sniffed.delimiter) == (
        Container.TEXT,
        found,
        "\t",
    )
