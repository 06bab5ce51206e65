"""Archives and protected files: each file inside like a file of its own, passwords forgotten."""

from __future__ import annotations

import io
import logging
import struct
import tempfile
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest
import pyzipper
from msoffcrypto.format.ooxml import OOXMLFile

from ecom.errors import PasswordNeeded, UnreadableFile, WrongPassword
from ecom.ingest import examine_for_store, import_files, load_examined
from ecom.store import Store
from tests.ingest.conftest import codes, examined, rows_of

from . import make

Write = Callable[..., Path]
SECRET = "Geheim-密码-1"
FIRST, SECOND = make.text([make.HEADER, make.ROWS[0]]), make.text([make.HEADER, make.ROWS[1]])


def locked(files: dict[str, str], *, aes: bool) -> bytes:
    target = io.BytesIO()
    options = {"encryption": pyzipper.WZ_AES} if aes else {}
    with pyzipper.AESZipFile(target, "w", pyzipper.ZIP_DEFLATED, **options) as archive:
        archive.setpassword(SECRET.encode())
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for line in make.LINES:
        book.active.append(line)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def locked_workbook() -> bytes:
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook())).encrypt(SECRET, target)
    assert msoffcrypto.OfficeFile(target).is_encrypted()
    return target.getvalue()


def zip_crypto(content: bytes, password: bytes) -> bytes:
    """One stored file in PKWARE's traditional encryption (APPNOTE 6.1); no library writes it."""

    def crc(old: int, byte: int) -> int:
        value = (old ^ byte) & 0xFF
        for _ in range(8):
            value = (value >> 1) ^ 0xEDB88320 if value & 1 else value >> 1
        return (old >> 8) ^ value

    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    checksum = zlib.crc32(content)
    packed = bytearray()
    for byte in bytes(11) + bytes([checksum >> 24]) + content:
        mixed = (keys[2] | 2) & 0xFFFF
        packed.append(byte ^ (((mixed * (mixed ^ 1)) >> 8) & 0xFF))
        update(byte)
    name = b"a.csv"
    sizes = struct.pack("<III", checksum, len(packed), len(content))
    shared = struct.pack("<HHHHH", 20, 1, 0, 0, 0x5C21) + sizes
    local = b"PK\x03\x04" + shared + struct.pack("<HH", len(name), 0) + name + packed
    record = b"PK\x01\x02" + struct.pack("<H", 20) + shared
    record += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(record), len(local), 0)
    return local + record + b"PK\x05\x06" + end


def test_every_file_of_an_archive_is_examined_and_loaded_with_the_others(
    store: Store, write: Write
) -> None:
    content = make.zipped(
        {
            "shop/first.csv": FIRST,
            "第二.csv": SECOND.encode("gb18030"),
            "__MACOSX/shop/._first.csv": b"\x00\x05\x16",
            ".DS_Store": b"\x00",
            "empty/": b"",
        }
    )
    (outcome,) = import_files(store, [write(content, "today.zip")])
    assert [batch.file_name for batch in outcome.batches] == [
        "today.zip › shop/first.csv",
        "today.zip › 第二.csv",
    ]
    assert [account.new for account in outcome.accounts] == [1, 1]


def test_a_file_is_known_again_in_another_archive(store: Store, write: Write) -> None:
    import_files(store, [write(make.zipped({"a.csv": FIRST}), "one.zip")])
    again = make.zipped({"b/renamed.csv": FIRST, "c.csv": SECOND})
    (outcome,) = import_files(store, [write(again, "two.zip")])
    assert [(one.new, one.unchanged) for one in outcome.accounts] == [(0, 1), (1, 0)]


def test_a_bad_file_does_not_lose_the_good_ones(store: Store, write: Write) -> None:
    content = make.zipped(
        {"a.csv": FIRST, "manual.pdf": b"%PDF-1.7", "b.xlsx": b"PK\x03\x04 cut", "c.csv": SECOND}
    )
    path = write(content, "mixed.zip")
    examination = examine_for_store(store, path)
    assert [(table.member, table.problem is None) for table in examination.tables] == [
        ("a.csv", True), ("manual.pdf", False), ("b.xlsx", False), ("c.csv", True),
    ]  # fmt: skip
    outcome = load_examined(store, examination)
    assert len(outcome.batches) == 2
    refused = [one for one in outcome.findings if one.code == "MEMBER_REFUSED"]
    assert [str(one.text)[:12] for one in refused] == ["“manual.pdf”", "“b.xlsx” was"]


def test_an_archive_of_only_bad_files_has_their_problem(store: Store, write: Write) -> None:
    (outcome,) = import_files(store, [write(make.zipped({"manual.pdf": b"%PDF-1.7"}), "a.zip")])
    assert "PDF" in str(outcome.problem)


def test_names_in_gb18030_and_dates_in_them_are_read(write: Write) -> None:
    name = "流量_2026-04-14_2026-04-20.csv"
    content = "流量载体,一级来源,二级来源,三级来源,访客数,支付买家数\n无线,平台,搜索,手淘,5,1\n"
    archive = make.zipped({"x" * len(name.encode("gb18030")): content})
    archive = archive.replace(b"x" * len(name.encode("gb18030")), name.encode("gb18030"))
    (table,) = examined(write(archive, "exports_2026-05-01.zip")).tables
    assert table.member == name
    (row,) = rows_of(table)
    assert (row["period_start"], row["period_end"]) == (date(2026, 4, 14), date(2026, 4, 20))


@pytest.mark.parametrize(
    "content",
    [
        locked({"a.csv": FIRST, "b.csv": SECOND}, aes=True),
        locked_workbook(),
        make.zipped({"orders.xlsx": locked_workbook()}),
    ],
    ids=["aes", "workbook", "workbook in an archive"],
)
def test_a_protected_file_asks_for_its_password(write: Write, content: bytes) -> None:
    path = write(content, "orders.zip")
    with pytest.raises(PasswordNeeded) as asked:
        examined(path)
    assert not isinstance(asked.value, WrongPassword)
    with pytest.raises(WrongPassword):
        examined(path, password="wrong")
    found = {}
    for table in examined(path, password=SECRET).tables:
        found |= make.paid(rows_of(table))
    assert found == make.PAID


def test_the_old_encryption_of_archives_is_opened(write: Write) -> None:
    path = write(zip_crypto(make.text().encode(), SECRET.encode()), "orders.zip")
    with pytest.raises(PasswordNeeded):
        examined(path)
    with pytest.raises(WrongPassword):
        examined(path, password="wrong")
    (table,) = examined(path, password=SECRET).tables
    assert make.paid(rows_of(table)) == make.PAID


def test_passwords_and_contents_are_left_nowhere(
    store: Store, write: Write, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    path = write(make.zipped({"a.csv": FIRST, "orders.xlsx": locked_workbook()}), "orders.zip")
    with caplog.at_level(logging.DEBUG):
        (wrong,) = import_files(store, [path], password="wrong-one")
        (right,) = import_files(store, [path], password=SECRET)
    assert len(wrong.batches) == 1  # the open file is not lost
    assert len(right.batches) == 2
    said = caplog.text + repr(wrong) + repr(right)
    assert SECRET not in said
    assert "wrong-one" not in said
    assert list(private.iterdir()) == []


def test_a_workbook_that_asks_for_endless_hashing_is_refused(write: Write) -> None:
    content = locked_workbook()
    spinning = content.replace(b'spinCount="100000"', b'spinCount="999999"')
    assert spinning != content
    with pytest.raises(UnreadableFile, match="reasonable time"):
        examined(write(spinning), password=SECRET)


@pytest.mark.parametrize(
    ("name", "words"),
    [("../a.csv", "leads out"), ("/etc/a.csv", "leads out"), ("..\\..\\a.csv", "leads out"),
     ("C:\\a.csv", "leads out")],
)  # fmt: skip
def test_names_that_lead_out_of_the_archive_are_refused(
    write: Write, name: str, words: str
) -> None:
    one, other = examined(write(make.zipped({name: FIRST, "b.csv": SECOND}), "a.zip")).tables
    assert words in str(one.problem)
    assert make.paid(rows_of(other)) == {"2": make.PAID["2"]}


def test_links_and_archives_inside_archives_are_refused(write: Write) -> None:
    link = pyzipper.ZipInfo("link.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    target = io.BytesIO()
    with pyzipper.ZipFile(target, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", make.zipped({"a.csv": FIRST}))
    one, other = examined(write(target.getvalue(), "a.zip")).tables
    assert "link" in str(one.problem)
    assert "inside an archive" in str(other.problem)
    assert codes(one) == {"MEMBER_REFUSED"}


def test_two_files_of_one_name_are_refused(write: Write) -> None:
    twice = make.zipped({"a.csv": FIRST, "b.csv": SECOND}).replace(b"b.csv", b"a.csv")
    with pytest.raises(UnreadableFile, match="damaged"):
        examined(write(twice, "twice.zip"))
