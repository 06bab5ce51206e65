"""Look at a file: what it is, how it would be stored, what is wrong with it. Stores nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ecom.errors import InvalidParameter, UnreadableFile, WrongPassword
from ecom.ingest.checks.corrected import as_exported
from ecom.ingest.examination import Examination, ExaminedTable
from ecom.ingest.examine_head import examine_head
from ecom.ingest.examine_table import ChooseShop, File, examine_table, refused_member
from ecom.ingest.files.limits import MAX_BYTES, STREAMED_BYTES
from ecom.ingest.files.parts import Part, parts_of
from ecom.ingest.files.raw import FindHeader, RawTable
from ecom.ingest.files.read import read_tables
from ecom.ingest.recognition.layout import Layout, layouts
from ecom.ingest.recognition.recognise import header_finder
from ecom.ingest.sheets import leave_out_repeats
from ecom.model import Period
from ecom.progress import IsCancelled, Progress, Watch
from ecom.settings import Settings
from ecom.store.staging import Shop
from ecom.text import message


def examine(
    path: Path,
    *,
    shop: Shop | None,
    settings: Settings,
    secret: bytes,
    file_name: str | None = None,
    layout_id: str | Mapping[int, str] | None = None,
    password: str | None = None,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
    max_bytes: int = MAX_BYTES,
    stays: bool = False,
) -> Examination:
    """Read, recognise and clean a file without storing it.

    Parameters
    ----------
    path : Path
    shop : Shop, optional
        Whose export it is; None for the layout's own platform as a shop.
    settings : Settings
        ``timezone`` where the shop has none.
    secret : bytes
        Key for customer hashes.
    file_name : str, optional
        The name the person knows, when ``path`` is a temporary copy.
    layout_id : str or mapping of int to str, optional
        Take this layout instead of the recognised one; a mapping names it by the table's place in
        the file (0 is the first) and leaves the other tables to recognition.
    password : str, optional
        Opens archives and workbooks that are protected; never stored or logged.
    progress : callable, optional
        Called with a share 0..1 and what is being done.
    cancelled : callable, optional
        Asked before every step; true ends the work.
    max_bytes : int
        Larger files are refused. Above ``MAX_BYTES`` only event logs can be read, if they stay.
    stays : bool
        The file stays where it is until it was loaded. A large event log is then read block by
        block while it is loaded; its accounts and remarks come with the batch.

    Raises
    ------
    Cancelled
    PasswordNeeded
        Something in the file is protected: ask for a password and examine it again.
        ``WrongPassword``, a subclass, when the one that was given opens nothing.
    UnreadableFile
        The file holds no table. A readable table of an unknown export is no error, nor is a bad
        file beside others in an archive: its ``problem`` says so.
    """
    return examine_for(
        path,
        choose=lambda layout: shop,
        settings=settings,
        secret=secret,
        file_name=file_name,
        layout_id=layout_id,
        password=password,
        progress=progress,
        cancelled=cancelled,
        max_bytes=max_bytes,
        stays=stays,
    )


def examine_for(
    path: Path,
    *,
    choose: ChooseShop,
    settings: Settings,
    secret: bytes,
    file_name: str | None = None,
    layout_id: str | Mapping[int, str] | None = None,
    password: str | None = None,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
    max_bytes: int = MAX_BYTES,
    stays: bool = False,
    candidates: Sequence[Layout] | None = None,
    days: Mapping[int, Period] | None = None,
) -> Examination:
    """``examine`` with the shop chosen once the layout is known.

    ``candidates`` are the layouts to choose from; default those that ship. ``days`` says which days
    a table speaks of, by its place in the file, where the file does not. The rest is the same.
    """
    watch = Watch(progress, cancelled)
    name = file_name or path.name
    watch.tell(0.0, message("Reading {file}", file=name))
    known = layouts() if candidates is None else tuple(candidates)
    if stays and path.stat().st_size > STREAMED_BYTES:
        file = File(path, name, "", choose, settings, secret, known)
        chosen = _chosen(layout_id, 0, known)
        head = examine_head(file, chosen, watch.part(0.0, 0.9), max_bytes=max_bytes)
        if head is not None:
            watch.tell(1.0, message("Checked {file}", file=name))
            return head
    find_header = header_finder(candidates)
    tables: list[ExaminedTable] = []
    locked: WrongPassword | None = None
    for part in parts_of(path, password=password, max_bytes=min(max_bytes, MAX_BYTES)):
        watch.check()
        try:
            raw_tables = _raw_tables(part, find_header)
        except UnreadableFile as fault:
            if not part.member:
                raise
            if isinstance(fault, WrongPassword):
                locked = fault
            tables.append(refused_member(part.member, fault))
            continue
        assert part.path is not None  # it was read
        file = File(
            part.path, name, _sha256(part.path), choose, settings, secret, known, part.member
        )
        for number, raw in enumerate(raw_tables):
            done = max(part.share, 0.5 + 0.5 * number / len(raw_tables) if not part.member else 0)
            watch.tell(done, message("Checking {file}", file=name))
            file = replace(file, days=(days or {}).get(len(tables)))
            tables.append(examine_table(raw, file, _chosen(layout_id, len(tables), known)))
    if locked is not None and all(table.staged is None for table in tables):
        raise locked
    watch.tell(1.0, message("Checked {file}", file=name))
    return Examination(name, _sha256(path), _beside_known(leave_out_repeats(tables)))


def _raw_tables(part: Part, find_header: FindHeader) -> tuple[RawTable, ...]:
    if part.path is None or part.sniffed is None:
        assert part.fault is not None  # a part without bytes says why
        raise part.fault
    return as_exported(read_tables(part.path, part.sniffed, find_header=find_header))


def _beside_known(tables: tuple[ExaminedTable, ...]) -> tuple[ExaminedTable, ...]:
    """A report of many stacked tables has some that say nothing we store: no fault of the file."""
    if not any(table.staged is not None for table in tables):
        return tables
    return tuple(
        replace(
            table,
            problem=message("This table of the report holds nothing that is kept here."),
            remedy=message("Nothing needs to be done; the other tables of the file are loaded."),
        )
        if table.layout is None and table.sheet.startswith("#")
        else table
        for table in tables
    )


def _chosen(
    layout_id: str | Mapping[int, str] | None, place: int, known: Sequence[Layout]
) -> Layout | None:
    name = layout_id.get(place) if isinstance(layout_id, Mapping) else layout_id
    return layout_named(name, known) if name else None


def layout_named(layout_id: str, known: Sequence[Layout]) -> Layout:
    """The layout of this id among the known ones, or ``InvalidParameter``."""
    by_id = {layout.layout_id: layout for layout in known}
    if layout_id not in by_id:
        raise InvalidParameter.not_one_of("layout", layout_id, by_id)
    return by_id[layout_id]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
