"""Raw columns to typed columns, by the rules of a layout."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells import clean, periods, times
from ecom.ingest.cells.clean import Cleaned, told_comma
from ecom.ingest.cells.columns import SOURCE_ROW, column_of, put
from ecom.ingest.cells.groups import first_known, group_codes
from ecom.ingest.cells.privacy import customer_keys, is_personal
from ecom.ingest.cells.text import as_text, by_value, trim
from ecom.ingest.cells.times import Calendar, told_order
from ecom.ingest.files.raw import RawTable
from ecom.ingest.findings import REMARKS, finding, finding_at, shown_value
from ecom.ingest.recognition.layout import HELPER, Layout, Rule, feeding
from ecom.ingest.tables.combine import inherited
from ecom.ingest.tables.rollups import LEVELS
from ecom.ingest.tables.row_kinds import blank_rows, check_needed, empty_rows, left_out
from ecom.ingest.tables.totals import check_totals, total_rows
from ecom.store.staging import Finding

MAPPING_COLUMNS = ("header", "target", "rule", "sample")
_OPEN_KINDS = ("text", "id")  # stored as written
_TIME_KINDS = ("time", "date", "month", "period", "hour")
_NUMBER_KINDS = ("money", "quantity", "count", "number")
_HEADER_CURRENCY = re.compile(r"\(([A-Z]{3})\)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed to read cells beside the layout.

    ``first_day`` is the report's, if known. ``commas`` are the targets whose decimal mark is the
    comma, told by the head of the file; None lets the file's cells decide.
    """

    calendar: Calendar
    platform: str
    secret: bytes
    first_day: date | None = None
    commas: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """Accepted rows as typed columns named ``table.column``, plus ``source_row``.

    ``header_currency`` is the currency code that a money header names.
    """

    table: pa.Table
    mapping: pd.DataFrame
    findings: tuple[Finding, ...]
    rows_rejected: int
    rows_totals: int
    header_currency: str = ""


def map_columns(raw: RawTable, layout: Layout, reading: Reading) -> Mapped:
    """Clean every column that the layout stores.

    Totals and repeated headers are taken out first; rows with a cell that can't be read, or
    without what names them, are rejected.
    """
    places = places_of(raw, layout)
    levels = [place for name in LEVELS for place in places.get(f"traffic_agg.{name}", ())]
    totals = total_rows(raw, subtotals=levels if layout.roll_up else ())
    kept = _filtered(raw, ~totals)
    comma = _decimal_comma(kept, layout, places)
    columns, findings, rejected = _clean_all(kept, layout, places, reading, comma)
    empty = empty_rows(columns, len(kept.rows)) & ~rejected
    table = pa.table({**columns, SOURCE_ROW: pa.array(kept.rows, pa.int32())})
    table = inherited(_fill_down(table, layout), layout)
    rejected, needed = check_needed(table, layout, kept, rejected | empty)
    blank, skipped = blank_rows(table, layout)
    skipped |= empty & ~blank
    unwanted = left_out(table, layout) & ~(blank | skipped)
    if unwanted.any():
        findings.append(finding_at("ROWS_LEFT_OUT", unwanted, kept.rows, sheet=raw.sheet))
    rejected &= ~(blank | skipped | unwanted)
    good = ~(rejected | blank | skipped | unwanted)
    total_mask = totals.copy()
    total_mask[np.flatnonzero(~totals)[blank]] = True
    accepted = table if good.all() else table.filter(pa.array(good))
    findings += needed
    findings += _totals_untold(layout, places)
    findings += check_totals(
        raw, total_mask, accepted, places, decimal_comma=comma, whole=layout.total_of_rows
    )
    if skipped.any():
        findings.append(finding_at("ROWS_SKIPPED", skipped, kept.rows, sheet=raw.sheet))
    return Mapped(
        table=accepted,
        mapping=_describe(raw, layout, places),
        findings=tuple(findings),
        rows_rejected=int(rejected.sum()),
        rows_totals=int(totals.sum() + blank.sum() + skipped.sum() + unwanted.sum()),
        header_currency=_header_currency(raw, places),
    )


def _totals_untold(layout: Layout, places: Mapping[str, tuple[int, ...]]) -> list[Finding]:
    """A remark where totals are told by an empty cell in a column that is not there."""
    if not layout.total_blank or layout.total_blank in places:
        return []
    headers = next(rule.headers for rule in layout.rules if rule.target == layout.total_blank)
    return [finding("TOTALS_UNTOLD", column=headers[0])]


def told_by_head(raw: RawTable, layout: Layout, reading: Reading) -> Reading | None:
    """The reading with date order and decimal marks as the first rows of a file tell them.

    None where they do not tell, so that all rows have to be looked at together.
    """
    places = places_of(raw, layout)
    orders: set[str | None] = set()
    commas: dict[str, bool | None] = {}
    for rule in layout.rules:
        for place in places.get(rule.target, ()):
            column = raw.columns[place]
            if rule.kind in _TIME_KINDS:
                orders.add(told_order(column, reading.calendar.order))
            elif rule.kind in _NUMBER_KINDS:
                commas[rule.target] = told_comma(column, nulls=layout.null_tokens)
    if None in orders or None in commas.values() or len(orders) > 1:
        return None
    order = next(iter(orders), None) or reading.calendar.order
    return replace(
        reading,
        calendar=replace(reading.calendar, order=order, is_fixed=True),
        commas=frozenset(target for target, comma in commas.items() if comma),
    )


def places_of(raw: RawTable, layout: Layout) -> dict[str, tuple[int, ...]]:
    """``feeding`` without columns about persons: no mapping is believed against a header."""
    opened = {rule.target for rule in layout.rules if rule.kind in _OPEN_KINDS}
    places = {}
    for target, found in feeding(layout, raw.headers).items():
        if target in opened:
            found = tuple(place for place in found if not is_personal(raw.headers[place]))
        if found:
            places[target] = found
    return places


def _filtered(raw: RawTable, keep: np.ndarray) -> RawTable:
    if keep.all():
        return raw
    selection = pa.array(keep)
    return RawTable(
        sheet=raw.sheet,
        headers=raw.headers,
        columns=tuple(column.filter(selection) for column in raw.columns),
        rows=raw.rows[keep],
        header_row=raw.header_row,
        workbook=raw.workbook,
    )


def _clean_all(
    raw: RawTable,
    layout: Layout,
    places: dict[str, tuple[int, ...]],
    reading: Reading,
    comma: bool | None,
) -> tuple[dict[str, pa.Array], list[Finding], np.ndarray]:
    columns: dict[str, pa.Array] = {}
    findings: list[Finding] = []
    rejected = np.zeros(len(raw.rows), dtype=bool)
    seen: set[tuple[str, str]] = set()
    for rule in layout.rules:
        for place in places.get(rule.target, ()):
            for target, cleaned in _clean(raw, place, rule, layout, reading, comma).items():
                known = columns.get(target)
                columns[target] = (
                    cleaned.values if known is None else pc.coalesce(known, cleaned.values)
                )
                header = raw.headers[place]
                for code, rows in cleaned.problems.items():
                    if not rows.any() or (code, header) in seen:
                        continue
                    seen.add((code, header))
                    personal = (
                        rule.kind in ("customer", "user")
                        or is_personal(header)
                        or code == "PERSONAL_DROPPED"
                    )
                    cells = None if personal else raw.columns[place]
                    findings.append(
                        finding_at(
                            code, rows, raw.rows, sheet=raw.sheet, column=header, cells=cells
                        )
                    )
                    if REMARKS[code].severity == "error":
                        rejected |= rows
    return columns, findings, rejected


def _clean(
    raw: RawTable,
    place: int,
    rule: Rule,
    layout: Layout,
    reading: Reading,
    comma: bool | None,
) -> dict[str, Cleaned]:
    """The typed columns that one raw column gives; a period or an hour gives two."""
    column, nulls, calendar = raw.columns[place], layout.null_tokens, reading.calendar
    match rule.kind:
        case "text":
            cleaned = clean.clean_words(column, nulls=nulls)
        case "currency":
            words = clean.clean_words(column, nulls=nulls)
            cleaned = Cleaned(pc.utf8_upper(words.values))
        case "id":
            cleaned = clean.clean_ids(column, workbook=raw.workbook, nulls=nulls)
        case "customer" | "user":
            ids = clean.clean_ids(column, workbook=raw.workbook, nulls=nulls, of_people=True)
            keys = customer_keys(ids.values, platform=reading.platform, secret=reading.secret)
            cleaned = Cleaned(keys, ids.problems)
        case "money" | "quantity" | "count" | "number":
            if reading.commas is not None:
                comma = rule.target in reading.commas
            cleaned = clean.clean_numbers(column, kind=rule.kind, nulls=nulls, decimal_comma=comma)
        case "region":
            cleaned = clean.clean_regions(column)
        case "flag":
            cleaned = clean.clean_flags(column)
        case "time":
            cleaned = times.clean_times(column, calendar)
        case "utc":
            marked = by_value(as_text(column), _without_utc)
            cleaned = times.clean_times(marked, replace(calendar, zone=ZoneInfo("UTC")))
        case "micros":
            cleaned = periods.clean_micros(column)
        case "nth_day":
            cleaned = periods.clean_nth_days(column, first_day=reading.first_day)
        case "date":
            cleaned = times.clean_days(column, calendar)
        case "month":
            cleaned = times.clean_months(column, calendar)
        case "period":
            table = rule.target.partition(".")[0]
            first, last = periods.clean_periods(column, calendar, header=raw.headers[place])
            return {f"{table}.period_start": first, f"{table}.period_end": last}
        case "hour":
            table = rule.target.partition(".")[0]
            day = times.clean_days(column, calendar)
            digits = pc.utf8_slice_codeunits(by_value(as_text(column), trim), 8, 10)
            hour = clean.clean_numbers(digits, kind="count")
            return {
                f"{table}.period_start": day,
                f"{table}.period_end": Cleaned(day.values),
                f"{table}.hour": hour,
            }
        case _:
            raise AssertionError(f"a kind without a cleaner: {rule.kind}")
    return {rule.target: cleaned}


def _without_utc(values: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(trim(values), r"\s*\(UTC\)$", "")


def _decimal_comma(
    raw: RawTable, layout: Layout, places: dict[str, tuple[int, ...]]
) -> bool | None:
    """Whether the file writes 18,50 for 18.5: the layout or some cell says so and no cell the
    opposite; else None, and each column decides for itself."""
    numeric = {
        place
        for rule in layout.rules
        if rule.kind in ("money", "quantity", "count", "number")
        for place in places.get(rule.target, ())
        if pa.types.is_string(raw.columns[place].type)
    }
    commas = [
        place for place in numeric if pc.any(pc.match_substring(raw.columns[place], ",")).as_py()
    ]
    told = layout.decimal == "comma"
    if not told and not any(
        clean.comma_evidence(pc.unique(raw.columns[place]))[0] for place in commas
    ):
        return None
    says_point = any(clean.comma_evidence(pc.unique(raw.columns[place]))[1] for place in numeric)
    return None if says_point else True


def _fill_down(table: pa.Table, layout: Layout) -> pa.Table:
    """Give every row of a group what stands on its first row only; an order without id is known
    by the group's name."""
    if not layout.group or layout.group not in table.column_names:
        return table
    group = column_of(table, layout.group)
    codes, groups = group_codes(group)
    for name in layout.fill_down:
        is_order = name.endswith(".order_id")
        column = column_of(table, name) if name in table.column_names else None
        if column is None and not is_order:
            continue
        filled = group
        if column is not None:
            filled = column.take(first_known(column, codes, groups)).take(pa.array(codes))
            filled = pc.coalesce(filled, group) if is_order else filled
        table = put(table, name, filled)
    return table


def _describe(raw: RawTable, layout: Layout, places: dict[str, tuple[int, ...]]) -> pd.DataFrame:
    """One row for each used header and target; samples of personal columns are not shown."""
    kinds = {rule.target: rule.kind for rule in layout.rules}
    lines = []
    for target, found in places.items():
        if target.startswith(f"{HELPER}."):
            continue
        for place in found:
            header = raw.headers[place]
            hidden = kinds[target] in ("customer", "user", "region") or is_personal(header)
            sample = "…" if hidden else _sample(raw.columns[place])
            lines.append((header, target, kinds[target], sample))
    return pd.DataFrame(lines, columns=list(MAPPING_COLUMNS), dtype="str")


def _sample(column: pa.Array) -> str:
    for cell in column.slice(0, 50).to_pylist():
        if cell is not None and str(cell).strip():
            return shown_value(str(cell).strip())[:60]
    return ""


def _header_currency(raw: RawTable, places: dict[str, tuple[int, ...]]) -> str:
    for target, found in places.items():
        if target.endswith((".spend", "_amount")) and (
            code := _HEADER_CURRENCY.search(unicodedata.normalize("NFKC", raw.headers[found[0]]))
        ):
            return code[1]
    return ""
