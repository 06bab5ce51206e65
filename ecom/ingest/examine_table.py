"""Look at one table of a file: which export it is and how its rows would be stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ecom.errors import EcomError
from ecom.ingest.cells.privacy import is_personal
from ecom.ingest.cells.text import normalise_header
from ecom.ingest.cells.times import Calendar
from ecom.ingest.checks.corrected import correctable
from ecom.ingest.checks.orders import incomplete_orders
from ecom.ingest.checks.places import located, targets_of
from ecom.ingest.checks.rows import checked_rows
from ecom.ingest.checks.whole import check_whole
from ecom.ingest.dates_of_file import FileDates, dates_of_file
from ecom.ingest.examination import ExaminedTable
from ecom.ingest.files.raw import RawTable, duplicate_headers, first_rows
from ecom.ingest.findings import finding
from ecom.ingest.recognition.layout import Layout
from ecom.ingest.recognition.order_shape import SEEN_ROWS
from ecom.ingest.recognition.recognise import Match, missing_headers, recognise
from ecom.ingest.streamed import Blocks, Stream, can_be_streamed
from ecom.ingest.tables.assemble import OF_PERIODS, Assembled, Surroundings, assemble
from ecom.ingest.tables.mapping import MAPPING_COLUMNS, Mapped, Reading, map_columns, told_by_head
from ecom.ingest.tables.melt import melted
from ecom.ingest.tables.split import split_joined
from ecom.model import Period
from ecom.settings import Settings
from ecom.store.staging import Finding, Shop, Staged
from ecom.text import Text, message

PREVIEW_ROWS = 20
OF_THE_SHOP = ("orders", "order_items", "products", "refunds", "events", "customers")
ChooseShop = Callable[[Layout], Shop | None]
# What stands as of a day; few such exports say which.
_AS_OF = {
    "inventory_snapshots": "inventory_snapshots.snapshot_date",
    "content_daily": "content_daily.as_of_date",
}
_DAY_COLUMNS = (
    ("order_date", "order_date"),
    ("event_date", "event_date"),
    ("snapshot_date", "snapshot_date"),
    ("as_of_date", "as_of_date"),
    ("refunded_date", "refunded_date"),
    ("period_start", "period_end"),
    ("month", "month"),
    ("start_date", "end_date"),
    ("created_date", "created_date"),
    ("payment_date", "payment_date"),
    ("sent_date", "sent_date"),
    ("moved_date", "moved_date"),
    ("assigned_date", "assigned_date"),
    ("opened_date", "opened_date"),
)


@dataclass(frozen=True, slots=True)
class File:
    """What every table of one file, or of one file in an archive, shares.

    ``written_at`` (UTC) is given where there is no file whose name and time could say it, as for
    the answer of a database; ``written_in`` is the zone of its times where it is not the shop's.
    ``blocks`` reads the rest of a file of which only the head is looked at.
    """

    path: Path
    name: str
    sha256: str
    choose: ChooseShop
    settings: Settings
    secret: bytes
    candidates: tuple[Layout, ...] | None = None  # None: the layouts that ship
    member: str = ""
    days: Period | None = None  # as a person said, where the file does not say
    written_at: datetime | None = None
    written_in: ZoneInfo | None = None
    blocks: Blocks | None = None

    @property
    def full_name(self) -> str:
        """The name a batch is listed under."""
        return f"{self.name} › {self.member}" if self.member else self.name


def examine_table(raw: RawTable, file: File, chosen: Layout | None) -> ExaminedTable:
    """Recognise one table of a file, clean it and make it ready to be loaded.

    Parameters
    ----------
    chosen : Layout, optional
        Take this layout instead of the recognised one.
    """
    # A mapping by hand starts from the table as the file has it.
    return replace(_examined(raw, file, chosen), raw=first_rows(raw, SEEN_ROWS))


def _examined(raw: RawTable, file: File, chosen: Layout | None) -> ExaminedTable:
    if chosen is None:
        match = recognise(raw.headers, candidates=file.candidates)
    else:
        names = frozenset(map(normalise_header, raw.headers))
        absent = missing_headers(chosen, names)
        match = Match(None if absent else chosen, 1.0, "chosen", nearest=chosen, missing=absent)
    layout = match.layout
    if layout is None:
        remedy = message("Map its columns on the Data page, or use one of our templates.")
        return _refused(raw, match, match.problem, remedy, member=file.member)
    raw = melted(raw, layout)
    chosen_shop = file.choose(layout)
    shop = _completed(chosen_shop, layout)
    zone = ZoneInfo(shop.timezone) if shop.timezone else file.settings.zone
    dates = _dates(raw, layout, file, zone)
    if file.days is not None:
        dates = replace(dates, period=file.days)
    reading = Reading(
        Calendar(
            zone,
            layout.date_order or "dmy",
            layout.future,
            file.written_in,
            is_told=layout.evidence == "taught" and bool(layout.date_order),
        ),
        shop.platform or shop.shop_id,
        file.secret,
        dates.period.start if dates.period else None,
    )
    raw = split_joined(raw, layout)
    mapped = map_columns(raw, layout, reading)
    mapped = checked_rows(mapped, layout, shop.currency)
    if _needs_period(mapped, layout) and dates.period is None:
        return _refused(
            raw,
            match,
            message("No column, no line above the header and no file name says which days."),
            message("Add a date column, or the days to the file name: report_2026-01-31.csv."),
            needs_days=True,
            member=file.member,
        )
    around = Surroundings(
        shop_id=None if layout.shop_wide and chosen_shop is None else shop.shop_id,
        currency=mapped.header_currency or shop.currency or file.settings.currency,
        zone=zone,
        dates=dates,
    )
    return _accepted(raw, match, layout, mapped, around, shop, file, reading)


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


def _dates(raw: RawTable, layout: Layout, file: File, zone: ZoneInfo) -> FileDates:
    if file.written_at is not None:
        return FileDates(None, file.written_at)
    today = datetime.now(zone).date() + timedelta(days=1)
    return dates_of_file(
        file.member or file.name,
        preamble=raw.preamble,
        path=file.path,
        zone=zone,
        today=today,
        archive=file.name if file.member else "",
    )


def _needs_period(mapped: Mapped, layout: Layout) -> bool:
    aggregate = layout.grain in OF_PERIODS
    return aggregate and f"{layout.grain}.period_start" not in mapped.table.column_names


def refused_member(member: str, fault: EcomError) -> ExaminedTable:
    """A file of an archive that can't be read, beside others that can."""
    said = Finding(
        "warning",
        "MEMBER_REFUSED",
        message("“{member}” was left out: {problem}", member=member, problem=fault.problem),
        fault.remedy,
    )
    nothing = RawTable("", (), (), np.zeros(0, dtype=np.int32), 0, findings=(said,))
    return _refused(nothing, Match(None, 0.0, "none"), fault.problem, fault.remedy, member=member)


def _refused(
    raw: RawTable,
    match: Match,
    problem: Text | None,
    remedy: Text | None,
    *,
    member: str,
    needs_days: bool = False,
) -> ExaminedTable:
    return ExaminedTable(
        sheet=raw.sheet,
        header_row=raw.header_row,
        headers=raw.headers,
        layout=match.layout,
        confidence=match.confidence,
        score=match.score,
        mapping=pd.DataFrame(columns=list(MAPPING_COLUMNS), dtype="str"),
        preview=pd.DataFrame(),
        staged=None,
        findings=located(raw.findings, raw.headers, {}, sheet=raw.sheet)[0],
        problem=problem,
        remedy=remedy,
        nearest=match.layout or match.nearest,
        needs_days=needs_days,
        member=member,
    )


def _accepted(
    raw: RawTable,
    match: Match,
    layout: Layout,
    mapped: Mapped,
    around: Surroundings,
    shop: Shop,
    file: File,
    reading: Reading,
) -> ExaminedTable:
    assembled = assemble(mapped.table, layout, around)
    grain = assembled.tables[layout.grain]
    findings, marks = located(
        tuple(_remarks(raw, match, layout, mapped, assembled)),
        raw.headers,
        targets_of(mapped.mapping),
        sheet=raw.sheet,
    )
    covered = _covered(assembled.tables)
    staged = Staged(
        layout_id=layout.layout_id,
        shop=_with_currency(shop, assembled.tables),
        file_name=file.full_name,
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
    if file.blocks is not None:
        told = told_by_head(raw, layout, reading)
        about_file = (*duplicate_headers(raw), *_tie(match, raw))
        if told is not None and can_be_streamed(layout):
            stream = Stream(file.blocks, staged, shop, about_file, layout, told, around)
            staged = replace(staged, parts=stream.parts)
    used = set(mapped.mapping["header"])
    return ExaminedTable(
        sheet=raw.sheet,
        header_row=raw.header_row,
        headers=raw.headers,
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
        marks=marks,
        correctable=correctable(raw, layout, marks),
        member=file.member,
    )


def _remarks(
    raw: RawTable, match: Match, layout: Layout, mapped: Mapped, assembled: Assembled
) -> Iterator[Finding]:
    """All that is to be said of a table that is taken."""
    yield from _tie(match, raw)
    yield from raw.findings
    yield from duplicate_headers(raw, expected=layout.repeated)
    yield from check_whole(raw)
    yield from mapped.findings
    yield from assembled.findings
    yield from incomplete_orders(assembled.tables)
    if assembled.rows_repeated:
        yield finding("REPEATED_ROWS", occurrences=assembled.rows_repeated)
    if layout.grain in _AS_OF and _AS_OF[layout.grain] not in mapped.table.column_names:
        yield finding("DATE_FROM_FILE", sheet=raw.sheet)
    if layout.row_cap and raw.rows_read >= layout.row_cap:
        yield finding("ROW_CAP", sheet=raw.sheet)


def _tie(match: Match, raw: RawTable) -> tuple[Finding, ...]:
    return (finding("AMBIGUOUS_LAYOUT", sheet=raw.sheet),) if match.tied else ()


def _covered(tables: Mapping[str, pa.Table]) -> Period | None:
    """First and last day that the rows speak of."""
    firsts, lasts = [], []
    for table in tables.values():
        for first, last in _DAY_COLUMNS:
            if first in table.column_names and table[first].null_count < table.num_rows:
                firsts.append(pc.min(table[first]).as_py())
                lasts.append(pc.max(table[last if last in table.column_names else first]).as_py())
    return Period(min(firsts), max(lasts)) if firsts else None
