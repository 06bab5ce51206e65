"""Look at a file: what it is, how it would be stored, what is wrong with it. Stores nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ecom.errors import InvalidParameter
from ecom.ingest.examination import Examination
from ecom.ingest.examine_head import examine_head
from ecom.ingest.examine_table import ChooseShop, File, examine_table
from ecom.ingest.files.read import read_tables
from ecom.ingest.files.sniff import MAX_BYTES, STREAMED_BYTES, sniff
from ecom.ingest.recognition.layout import Layout, layouts
from ecom.ingest.recognition.recognise import header_finder
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
    UnreadableFile
        The file is no csv or xlsx table. A readable table of an unknown export is no error: its
        ``problem`` says so.
    """
    return examine_for(
        path,
        choose=lambda layout: shop,
        settings=settings,
        secret=secret,
        file_name=file_name,
        layout_id=layout_id,
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
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
    max_bytes: int = MAX_BYTES,
    stays: bool = False,
) -> Examination:
    """``examine`` with the shop chosen once the layout is known; the rest is the same."""
    watch = Watch(progress, cancelled)
    name = file_name or path.name
    watch.tell(0.0, message("Reading {file}", file=name))
    file = File(path, name, "", choose, settings, secret)
    if stays and path.stat().st_size > STREAMED_BYTES:
        chosen = _chosen(layout_id, 0)
        head = examine_head(file, chosen, watch.part(0.0, 0.9), max_bytes=max_bytes)
        if head is not None:
            watch.tell(1.0, message("Checked {file}", file=name))
            return head
    sniffed = sniff(path, max_bytes=min(max_bytes, MAX_BYTES))
    raw_tables = read_tables(path, sniffed, find_header=header_finder())
    watch.tell(0.5, message("Checking {file}", file=name))
    file = replace(file, sha256=_sha256(path))
    tables = []
    for number, raw in enumerate(raw_tables):
        watch.tell(0.5 + 0.5 * number / len(raw_tables), message("Checking {file}", file=name))
        tables.append(examine_table(raw, file, _chosen(layout_id, number)))
    watch.tell(1.0, message("Checked {file}", file=name))
    return Examination(name, file.sha256, tuple(tables))


def _chosen(layout_id: str | Mapping[int, str] | None, place: int) -> Layout | None:
    name = layout_id.get(place) if isinstance(layout_id, Mapping) else layout_id
    return _layout_named(name) if name else None


def _layout_named(layout_id: str) -> Layout:
    by_id = {layout.layout_id: layout for layout in layouts()}
    if layout_id not in by_id:
        raise InvalidParameter.not_one_of("layout", layout_id, by_id)
    return by_id[layout_id]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
