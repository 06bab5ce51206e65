"""Which days each shop and source covers: gaps, overlaps, rows of several days, who is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.analysis.coverage_states import Line, State, lines_and_days, runs
from ecom.ingest import Layout
from ecom.ingest.mappings import known_layouts
from ecom.model import Period, Unit
from ecom.queries.coverage_days import BY_NAME, batch_periods, covered_spans
from ecom.store import Shop, Store, shop_names
from ecom.terms import term
from ecom.text import Text, message

SUBJECTS: dict[str, Text] = {
    "orders": message("Order lists"),
    "order_lines": message("Order lines"),
    "refunds": message("Refunds"),
    "payments": message("Payments"),
    "events": message("Visitor events"),
    "traffic": message("Traffic"),
    "ads": message("Ad spend"),
    "search_words": message("Search words of ads"),
    "content": message("Content"),
    "messages": message("Messages"),
    "private_domain": message("Private domain"),
    "service": message("Customer service"),
    "stock": message("Stock lists"),
    "movements": message("Stock movements"),
    "listings": message("Market listings"),
    "feedback": message("Feedback"),
}
GRAINS: dict[str, Text] = {
    "shop": message("whole shop"),
    "channel": message("by channel"),
    "product": message("by product"),
    "keyword": message("by keyword"),
    "campaign": message("by campaign"),
    "account": message("whole account"),
    "adgroup": message("by ad group"),
    "ad": message("by ad"),
}
SOURCES = (
    Column("source", message("Source")),
    Column("shop", message("Shop")),
    Column("first_day", message("First day")),
    Column("last_day", message("Last day")),
    Column("days_late", message("Days late"), Unit.COUNT,
           help=message("Days its last day lies before the newest day of any source.")),
    Column("missing_days", message("Missing days"), Unit.COUNT,
           help=message("Days between the first and the last that no loaded file spans.")),
    Column("quiet_days", message("Days without rows"), Unit.COUNT,
           help=message("A loaded file spans the day and has no rows of it: nothing happened.")),
    Column("whole_days", message("Only in sums"), Unit.COUNT,
           help=message("Days known only as part of a row of several days.")),
    Column("overlap_days", message("Loaded twice"), Unit.COUNT,
           help=message("Days of which several files have rows; the newest file counts.")),
    Column("rows", message("Rows"), Unit.COUNT),
)  # fmt: skip
GAPS = (
    Column("source", message("Source")),
    Column("shop", message("Shop")),
    Column("period", message("Missing")),
    Column("days", message("Days"), Unit.COUNT),
    Column("kind", message("Position")),
    Column("exports", message("What to export")),
)
OVERLAPS = (
    Column("source", message("Source")),
    Column("shop", message("Shop")),
    Column("period", message("Period")),
    Column("days", message("Days"), Unit.COUNT),
    Column("batches", message("Batches")),
    Column("current", message("Batch that counts")),
)


@dataclass(frozen=True, eq=False, slots=True)
class CoverageReport:
    """What is loaded, day by day.

    Attributes
    ----------
    lines : the sources, one a subject, shop, source and grain.
    labels : what each is called, in their order.
    shops : whose it is; None for what belongs to no shop.
    days : see ``coverage_states.lines_and_days``.
    newest : the newest day of any source; None in an empty store.
    sources, gaps, overlaps : columns ``SOURCES``, ``GAPS``, ``OVERLAPS``; gaps newest first.
    """

    headline: Text
    newest: date | None
    lines: tuple[Line, ...]
    labels: tuple[Text, ...]
    shops: tuple[str | None, ...]
    days: pd.DataFrame
    sources: Table
    gaps: Table
    overlaps: Table


def coverage(store: Store) -> CoverageReport:
    """Say which days each shop and source covers, whole history, all shops."""
    spans, periods = covered_spans(store), batch_periods(store)
    lines, days = lines_and_days(spans, periods)
    known = {shop.shop_id: shop for shop in store.shops()}
    labels = tuple(_label(line) for line in lines)
    names = shop_names(known.values())
    shops = tuple(names.get(line.shop_id, line.shop_id) or None for line in lines)
    newest = max((line.last for line in lines), default=None)
    titles = pd.DataFrame(
        {"source": words(labels), "shop": words(shop or message("All shops") for shop in shops)}
    )
    gaps = _gaps(days)
    return CoverageReport(
        headline=_headline(gaps, len(lines), newest),
        newest=None if newest is None else newest.date(),
        lines=lines,
        labels=labels,
        shops=shops,
        days=days,
        sources=_sources(lines, days, titles, newest),
        gaps=_gap_table(gaps, titles, _exports(lines, periods, known, known_layouts(store))),
        overlaps=_overlaps(lines, days, spans, titles),
    )


def _label(line: Line) -> Text:
    parts = [term(line.source)]
    if line.grain:
        parts.append(GRAINS.get(line.grain, line.grain))
    subject = SUBJECTS[line.subject]
    said = tuple(part for part in parts if part)
    return message("{subject}: {parts}", subject=subject, parts=said) if said else subject


def _sources(
    lines: Sequence[Line], days: pd.DataFrame, titles: pd.DataFrame, newest: pd.Timestamp | None
) -> Table:
    counts = pd.crosstab(days["line"], days["state"]).reindex(
        index=range(len(lines)), columns=[str(state) for state in State], fill_value=0
    )
    sums = days.assign(overlap=days["batches"] > 1).groupby("line")[["overlap", "rows"]].sum()
    frame = titles.assign(
        first_day=[line.first.date() for line in lines],
        last_day=[line.last.date() for line in lines],
        days_late=[0 if newest is None else (newest - line.last).days for line in lines],
        missing_days=counts[State.MISSING].to_numpy(),
        quiet_days=counts[State.QUIET].to_numpy(),
        whole_days=counts[State.WHOLE].to_numpy(),
        overlap_days=sums["overlap"].to_numpy(),
        rows=sums["rows"].to_numpy(),
    )
    return Table.make(frame, *SOURCES)


def _gaps(days: pd.DataFrame) -> pd.DataFrame:
    """``line``, ``start``, ``end``, ``days``, ``is_tail``: days in between, and days since."""
    inside = runs(days, days["state"] == State.MISSING).assign(is_tail=False)
    since = runs(days, days["state"] == State.LATE).assign(is_tail=True)
    both = pd.concat([inside, since], ignore_index=True)
    return both.sort_values(["end", "line", "start"], ascending=[False, True, True])


def _gap_table(gaps: pd.DataFrame, titles: pd.DataFrame, exports: Sequence[Text]) -> Table:
    frame = titles.iloc[gaps["line"]].assign(
        period=words(
            Period(start.date(), end.date())
            for start, end in zip(gaps["start"], gaps["end"], strict=True)
        ).to_numpy(),
        days=gaps["days"].to_numpy(),
        kind=words(
            message("since its last day") if tail else message("in between")
            for tail in gaps["is_tail"]
        ).to_numpy(),
        exports=words(exports[line] for line in gaps["line"]).to_numpy(),
    )
    return Table.make(frame, *GAPS)


def _exports(
    lines: Sequence[Line],
    periods: pd.DataFrame,
    shops: dict[str, Shop],
    layouts: Sequence[Layout],
) -> tuple[Text, ...]:
    """For each line the exports that would fill it: those it came from, else all that could."""
    known = {layout.layout_id: layout for layout in layouts}
    answers = []
    for line in lines:
        used = dict.fromkeys(periods.loc[list(line.batches), "layout_id"])
        found = [known[name] for name in used if name in known]
        shop = shops.get(line.shop_id)
        found = found or _that_fill(line, shop.platform if shop is not None else "", layouts)
        answers.append(message("{exports}", exports=tuple(layout.name for layout in found)))
    return tuple(answers)


def _that_fill(line: Line, platform: str, layouts: Sequence[Layout]) -> list[Layout]:
    table = BY_NAME[line.subject].table
    return [
        layout
        for layout in layouts
        if any(rule.target.startswith(f"{table}.") for rule in layout.rules)
        and (layout.template or layout.platform == platform)
    ]


def _overlaps(
    lines: Sequence[Line], days: pd.DataFrame, spans: pd.DataFrame, titles: pd.DataFrame
) -> Table:
    found = runs(days, days["batches"] > 1)
    batches, current = [], []
    for place, start, end in zip(found["line"], found["start"], found["end"], strict=True):
        line = lines[place]
        of_line = (
            (spans["subject"] == line.subject)
            & (spans["shop_id"] == line.shop_id)
            & (spans["source"] == line.source)
            & (spans["grain"] == line.grain)
        )
        touching = spans[of_line & (spans["start"] <= end) & (spans["end"] >= start)]
        batches.append(_numbers(touching["batch_id"]))
        current.append(_numbers(touching.loc[touching["current"] > 0, "batch_id"]))
    frame = titles.iloc[found["line"]].assign(
        period=words(
            Period(start.date(), end.date())
            for start, end in zip(found["start"], found["end"], strict=True)
        ).to_numpy(),
        days=found["days"].to_numpy(),
        batches=batches,
        current=current,
    )
    return Table.make(frame, *OVERLAPS)


def _numbers(batches: pd.Series) -> str:
    return ", ".join(str(number) for number in sorted(batches.unique()))


def _headline(gaps: pd.DataFrame, sources: int, newest: pd.Timestamp | None) -> Text:
    if newest is None:
        return message("Nothing is loaded yet.")
    inside = gaps[~gaps["is_tail"]]
    late = int(gaps["is_tail"].sum())
    if gaps.empty:
        return message(
            "All {count} sources are complete up to {day}.", count=sources, day=newest.date()
        )
    return message(
        "Missing days: {days}, in gaps: {gaps}. Sources that end before {day}: {late} of {count}.",
        days=int(inside["days"].sum()),
        gaps=len(inside),
        late=late,
        count=sources,
        day=newest.date(),
    )
