"""Look at a file: what it is, how it would be stored, what is wrong with it. Stores nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ecom.errors import InvalidParameter
from ecom.ingest.cells.privacy import is_personal
from ecom.ingest.cells.text import normalise_header
from ecom.ingest.cells.times import Calendar
from ecom.ingest.dates_of_file import FileDates, dates_of_file
from ecom.ingest.files.raw import RawTable, duplicate_headers
from ecom.ingest.files.read import read_tables
from ecom.ingest.files.sniff import MAX_BYTES, sniff
from ecom.ingest.findings import finding
from ecom.ingest.recognition.layout import Layout, layouts
from ecom.ingest.recognition.recognise import Match, header_finder, missing_headers, recognise
from ecom.ingest.tables.assemble import Surroundings, assemble
from ecom.ingest.tables.mapping import MAPPING_COLUMNS, Mapped, Reading, map_columns
from ecom.model import Period
from ecom.settings import Settings
from ecom.store.staging import Finding, Shop, Staged
from ecom.text import Text, message

PREVIEW_ROWS = 20
OF_THE_SHOP = ("orders", "order_items", "products", "events")
Progress = Callable[[float, Text], None]
ChooseShop = Callable[[Layout], Shop | None]
_DAY_COLUMNS = (
    ("order_date", "order_date"),
    ("event_date", "event_date"),
    ("snapshot_date", "snapshot_date"),
    ("period_start", "period_end"),
    ("month", "month"),
    ("start_date", "end_date"),
    ("created_date", "created_date"),
)


@dataclass(frozen=True, slots=True)
class ExaminedTable:
    """One table of a file.

    Attributes
    ----------
    sheet, header_row : where it stands; the row number as a spreadsheet shows it.
    layout, score, confidence : which known export it is, the share of its columns that are
        known (0..1), and "exact", "likely", "chosen" or "none".
    mapping : one row a stored column: ``header, target, rule, sample``.
    preview : the first rows as they would be stored.
    staged : what can be loaded; None together with a ``problem``.
    dropped_columns : personal columns that are not stored.
    """

    sheet: str
    header_row: int
    layout: Layout | None
    confidence: str
    score: float
    mapping: pd.DataFrame
    preview: pd.DataFrame
    staged: Staged | None
    findings: tuple[Finding, ...] = ()
    dropped_columns: tuple[str, ...] = ()
    problem: Text | None = None
    remedy: Text | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """What a file holds."""

    file_name: str
    sha256: str
    tables: tuple[ExaminedTable, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """What every table of one file shares."""

    path: Path
    name: str
    sha256: str
    choose: ChooseShop
    settings: Settings
    secret: bytes


def examine(
    path: Path,
    *,
    shop: Shop | None,
    settings: Settings,
    secret: bytes,
    file_name: str | None = None,
    layout_id: str | Mapping[int, str] | None = None,
    progress: Progress | None = None,
    max_bytes: int = MAX_BYTES,
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
    max_bytes : int
        Larger files are refused.

    Raises
    ------
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
        max_bytes=max_bytes,
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
    max_bytes: int = MAX_BYTES,
) -> Examination:
    """``examine`` with the shop chosen once the layout is known; the rest is the same."""
    tell = progress or _silent
    name = file_name or path.name
    tell(0.0, message("Reading {file}", file=name))
    sniffed = sniff(path, max_bytes=max_bytes)
    raw_tables = read_tables(path, sniffed, find_header=header_finder())
    file = _File(path, name, _sha256(path), choose, settings, secret)
    tables = []
    for number, raw in enumerate(raw_tables):
        tell(0.5 + 0.5 * number / len(raw_tables), message("Checking {file}", file=name))
        tables.append(_examine_table(raw, file, _chosen(layout_id, number)))
    tell(1.0, message("Checked {file}", file=name))
    return Examination(name, file.sha256, tuple(tables))


def _silent(share: float, doing: Text) -> None:
    """Nobody is watching."""


def _chosen(layout_id: str | Mapping[int, str] | None, place: int) -> Layout | None:
    name = layout_id.get(place) if isinstance(layout_id, Mapping) else layout_id
    return _layout_named(name) if name else None


def _layout_named(layout_id: str) -> Layout:
    by_id = {layout.layout_id: layout for layout in layouts()}
    if layout_id not in by_id:
        raise InvalidParameter.not_one_of("layout", layout_id, by_id)
    return by_id[layout_id]


def _examine_table(raw: RawTable, file: _File, chosen: Layout | None) -> ExaminedTable:
    if chosen is None:
        match = recognise(raw.headers)
    else:
        names = frozenset(map(normalise_header, raw.headers))
        absent = missing_headers(chosen, names)
        match = Match(None if absent else chosen, 1.0, "chosen", nearest=chosen, missing=absent)
    layout = match.layout
    if layout is None:
        return _refused(
            raw, match, match.problem, message("Rename the columns, or use one of our templates.")
        )
    chosen_shop = file.choose(layout)
    shop = _completed(chosen_shop, layout)
    zone = ZoneInfo(shop.timezone) if shop.timezone else file.settings.zone
    dates = _dates(raw, layout, file, zone)
    reading = Reading(
        Calendar(zone, layout.date_order, layout.future), shop.platform or shop.shop_id, file.secret
    )
    mapped = map_columns(raw, layout, reading)
    if _needs_period(mapped, layout) and dates.period is None:
        return _refused(
            raw,
            match,
            message("No column, no line above the header and no file name says which days."),
            message("Add a date column, or the days to the file name: report_2026-01-31.csv."),
        )
    around = Surroundings(
        shop_id=None if layout.shop_wide and chosen_shop is None else shop.shop_id,
        currency=mapped.header_currency or shop.currency or file.settings.currency,
        zone=zone,
        dates=dates,
    )
    return _accepted(raw, match, layout, mapped, around, shop, file)


def _completed(shop: Shop | None, layout: Layout) -> Shop:
    """The shop rows belong to; what it does not say comes from the layout.

    Only exports of the shop itself say its platform: its advertising may run anywhere.
    """
    if shop is None:
        return Shop(layout.platform, layout.platform, "", layout.currency, layout.timezone)
    told = layout.platform if layout.grain in OF_THE_SHOP else ""
    return replace(
        shop,
        platform=shop.platform or told,
        currency=shop.currency or layout.currency,
        timezone=shop.timezone or layout.timezone,
    )


def _with_currency(shop: Shop, tables: Mapping[str, pa.Table]) -> Shop:
    """A shop that nobody named a currency for has the one that all its orders are in."""
    for name in ("orders", "events"):
        table = tables.get(name)
        if not shop.currency and table is not None and "currency" in table.column_names:
            found = pc.unique(table["currency"].drop_null()).to_pylist()
            if len(found) == 1:
                return replace(shop, currency=found[0])
    return shop


def _dates(raw: RawTable, layout: Layout, file: _File, zone: ZoneInfo) -> FileDates:
    today = datetime.now(zone).date() + timedelta(days=1)
    return dates_of_file(file.name, preamble=raw.preamble, path=file.path, zone=zone, today=today)


def _needs_period(mapped: Mapped, layout: Layout) -> bool:
    aggregate = layout.grain in ("traffic_agg", "ad_spend")
    return aggregate and f"{layout.grain}.period_start" not in mapped.table.column_names


def _refused(raw: RawTable, match: Match, problem: Text | None, remedy: Text) -> ExaminedTable:
    return ExaminedTable(
        sheet=raw.sheet,
        header_row=raw.header_row,
        layout=match.layout,
        confidence=match.confidence,
        score=match.score,
        mapping=pd.DataFrame(columns=list(MAPPING_COLUMNS), dtype="str"),
        preview=pd.DataFrame(),
        staged=None,
        findings=raw.findings,
        problem=problem,
        remedy=remedy,
    )


def _accepted(
    raw: RawTable,
    match: Match,
    layout: Layout,
    mapped: Mapped,
    around: Surroundings,
    shop: Shop,
    file: _File,
) -> ExaminedTable:
    assembled = assemble(mapped.table, layout, around)
    findings = (*raw.findings, *duplicate_headers(raw), *mapped.findings, *assembled.findings)
    if match.tied:
        findings = (finding("AMBIGUOUS_LAYOUT", sheet=raw.sheet), *findings)
    grain = assembled.tables[layout.grain]
    if layout.grain == "inventory_snapshots" and not _has_day(mapped):
        findings = (*findings, finding("DATE_FROM_FILE", sheet=raw.sheet))
    findings = tuple(replace(one, sheet=one.sheet or raw.sheet) for one in findings)
    covered = _covered(assembled.tables)
    staged = Staged(
        layout_id=layout.layout_id,
        shop=_with_currency(shop, assembled.tables),
        file_name=file.name,
        file_sha256=file.sha256,
        tables=assembled.tables,
        grain=layout.grain,
        rows_read=raw.rows_read,
        source_updated_at=around.dates.written_at,
        sheet_name=raw.sheet,
        rows_rejected=raw.rows_rejected + mapped.rows_rejected + assembled.rows_rejected,
        rows_totals=raw.rows_totals + mapped.rows_totals,
        rows_repeated=assembled.rows_repeated,
        findings=findings,
        period_start=covered.start if covered else None,
        period_end=covered.end if covered else None,
    )
    used = set(mapped.mapping["header"])
    return ExaminedTable(
        sheet=raw.sheet,
        header_row=raw.header_row,
        layout=layout,
        confidence=match.confidence,
        score=match.score,
        mapping=mapped.mapping,
        preview=grain.slice(0, PREVIEW_ROWS).to_pandas(),
        staged=staged,
        findings=findings,
        dropped_columns=tuple(
            header for header in raw.headers if is_personal(header) and header not in used
        ),
    )


def _has_day(mapped: Mapped) -> bool:
    """Whether a stock list says its own day."""
    return "inventory_snapshots.snapshot_date" in mapped.table.column_names


def _covered(tables: Mapping[str, pa.Table]) -> Period | None:
    """First and last day that the rows speak of."""
    firsts, lasts = [], []
    for table in tables.values():
        for first, last in _DAY_COLUMNS:
            if first in table.column_names and table[first].null_count < table.num_rows:
                firsts.append(pc.min(table[first]).as_py())
                lasts.append(pc.max(table[last if last in table.column_names else first]).as_py())
    return Period(min(firsts), max(lasts)) if firsts else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
