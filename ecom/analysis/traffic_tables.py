"""The tables of the traffic page."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecom.analysis.base import Column, Table, words
from ecom.analysis.traffic_spans import KIND_LABELS
from ecom.metrics import metric
from ecom.model import Good, Grain, Unit
from ecom.queries.traffic_facts import TrafficFacts
from ecom.queries.traffic_sources import Choice, SourceKind
from ecom.text import Text, message

OTHER = "Other"
SHOWN = 6  # categories of one picture; the rest is Other
_DAILY_UP_TO = 45  # days; longer periods are drawn by week

PART_LABELS = {
    "channel": message("Channel"),
    "device": message("Device"),
    "region": message("Region"),
    "kind": message("Kind of source"),
    "origin": message("Source and campaign"),
    "landing": message("First page"),
    "product": message("Product"),
}
_NAMED = ("channel", "kind", "device", "origin", "region")  # by words that are translated
_RATES = ("bounce_rate", "stay", "new_visitor_share", "conversion", "revenue_per_visitor")


def breakdown(
    now: TrafficFacts,
    before: TrafficFacts | None,
    *,
    by: str,
    blank: Text = message("Not told"),  # noqa: B008  (a frozen sentence)
) -> Table:
    """Visits by a key of ``PART_LABELS``.

    Parameters
    ----------
    blank : what a part without a name is called.

    Returns
    -------
    Table
        Columns: the part; daily_visitors; share; change (relative); difference (daily visitors
        more or less); contribution (difference ÷ the base's total, so the parts add up to the
        change of the sum); sessions and the rates. Most visitors first. Where no source tells
        visitors, share, difference and contribution are of visits.
    """
    parts, days = now.parts, now.measures["days"] or float("nan")
    size = pd.DataFrame(
        {
            "value": _size(now, parts),
            "base": None if before is None else _size(before, before.parts),
        },
        dtype="float64",
    ).sort_values("value", ascending=False, kind="stable")
    if before is not None and size["base"].notna().any():
        size = size.fillna(0.0)
    difference = size["value"] - size["base"]
    told = parts.reindex(size.index)
    sums = records(told)
    frame = size.assign(
        daily_visitors=told["visitor_days"] / days,
        share=size["value"] / size["value"].sum(),
        change=difference / size["base"].where(size["base"] > 0),
        difference=difference,
        contribution=difference / size["base"].sum(),
        sessions=told["sessions"],
        **{key: rate(key, sums) for key in _RATES},
    )
    named = frame.assign(**{by: words(_named(part, blank) for part in frame.index).values})
    return Table.make(
        named,
        Column(by, PART_LABELS[by], terms=by in _NAMED),
        Column.of("daily_visitors"),
        Column(
            "share",
            message("Share"),
            Unit.RATIO,
            help=message("Of visitors counted once a day and part; of visits where none are told."),
        ),
        Column("change", message("Change"), Unit.RATIO, Good.UP),
        Column("difference", message("Difference"), Unit.COUNT, Good.UP),
        Column(
            "contribution",
            message("Contribution"),
            Unit.RATIO,
            Good.UP,
            message("Difference ÷ all visitors before; the rows add up to the change of the sum."),
        ),
        Column.of("sessions"),
        *(Column.of(key) for key in _RATES),
    )


def grain_of(days: int) -> Grain:
    """How wide one point is drawn."""
    return Grain.DAY if days <= _DAILY_UP_TO else Grain.WEEK


def channel_series(facts: TrafficFacts, *, week_start: str, by: str = "channel") -> Table:
    """Parts over time: start, the part, visitors (visitor days, or visits), share.

    The six largest of the period and the rest as "Other"; shares of a point add up to 1.
    """
    rows = facts.rows[facts.rows["start"] == facts.rows["end"]]
    basis = _basis(facts)
    ranked = rows.groupby("part")[basis].sum().sort_values(ascending=False, kind="stable")
    kept = set(ranked.index[:SHOWN])
    starts = rows["start"]
    if grain_of(facts.period.days) is Grain.WEEK:
        first = 0 if week_start == "monday" else 6
        starts = starts - pd.to_timedelta((starts.dt.day_of_week - first) % 7, unit="D")
    grouped = (
        rows.assign(
            start=starts,
            visitors=rows[basis],
            **{by: rows["part"].where(rows["part"].isin(kept), OTHER)},
        )
        .groupby(["start", by])["visitors"]
        .sum()
        .reset_index()
    )
    total = grouped.groupby("start")["visitors"].transform("sum")
    rank = {name: place for place, name in enumerate([*ranked.index[:SHOWN], OTHER])}
    frame = grouped.assign(
        share=grouped["visitors"] / total.where(total > 0), rank=grouped[by].map(rank)
    ).sort_values(["start", "rank"])
    return Table.make(
        frame.assign(
            start=pd.Series([day.date() for day in frame["start"]], frame.index, dtype="object")
        ),
        Column("start", message("From")),
        Column(by, PART_LABELS[by], terms=by in _NAMED),
        Column("visitors", message("Visitors, counted once a day"), Unit.COUNT),
        Column("share", message("Share"), Unit.RATIO),
    )


def hours(facts: TrafficFacts) -> Table:
    """Mean visits begun in an hour, on the shop's clock: weekday (0 = Monday), hour, sessions."""
    rows = facts.rows
    days = rows.drop_duplicates("start")["start"].dt.day_of_week.value_counts()
    sums = (
        rows.assign(weekday=rows["start"].dt.day_of_week, hour=rows["part"].astype("int64"))
        .groupby(["weekday", "hour"])["sessions"]
        .sum()
        .reset_index()
    )
    return Table.make(
        sums.assign(sessions=sums["sessions"] / sums["weekday"].map(days)),
        Column("weekday", message("Weekday (0 = Monday)"), Unit.COUNT),
        Column("hour", message("Hour"), Unit.COUNT),
        Column("sessions", message("Visits per hour"), Unit.NUMBER),
    )


def daily(frame: pd.DataFrame) -> Table:
    """The period by day: visitors, new and returning ones, page views, sessions.

    Parameters
    ----------
    frame : ``TrafficFacts.daily``.
    """
    returning = frame["visitor_days_with_new"] - frame["new_visitor_days"]
    return Table.make(
        frame.assign(day=frame.index, returning_visitors=returning),
        Column("day", message("Day")),
        Column("visitor_days", message("Visitors"), Unit.COUNT, Good.UP),
        Column("new_visitor_days", message("New visitors"), Unit.COUNT),
        Column("returning_visitors", message("Returning visitors"), Unit.COUNT),
        Column.of("page_views"),
        Column.of("sessions"),
    )


def landings(pages: pd.DataFrame) -> Table:
    """The pages that visits began on.

    Parameters
    ----------
    pages : answer of ``landing_pages``.
    """
    visits = pages["sessions"]
    frame = pages.assign(
        landing_page=words(page or message("Not told") for page in pages["landing_page"]),
        change=visits / pages["sessions_before"].where(pages["sessions_before"] > 0) - 1,
        bounce_rate=pages["bounced_sessions"] / visits,
        stay=pages["stay_seconds"] / visits,
        visit_conversion=pages["buying_sessions"] / visits,
    )
    return Table.make(
        frame,
        Column("landing_page", message("First page")),
        Column.of("sessions"),
        Column("change", message("Change"), Unit.RATIO, Good.UP),
        Column.of("visitors"),
        Column.of("bounce_rate"),
        Column.of("stay"),
        Column.of("visit_conversion"),
    )


def sources(choices: Mapping[Text, Choice], names: Mapping[str, str]) -> Table:
    """Which source spoke for which shop on which days.

    Parameters
    ----------
    choices : what the numbers are for -> who spoke.
    names : shop id -> name.
    """
    rows = pd.concat(
        [choice.rows.assign(use=place) for place, choice in enumerate(choices.values())]
    )
    rows["days"] = (rows["end"] - rows["start"]).dt.days + 1
    frame = rows.groupby(["use", "shop_id", "kind", "system"], as_index=False).agg(
        first=("start", "min"), last=("end", "max"), days=("days", "sum")
    )
    uses = list(choices)
    return Table.make(
        frame.assign(
            use=words(uses[place] for place in frame["use"]),
            shop=[names.get(shop) or shop for shop in frame["shop_id"]],
            source=words(KIND_LABELS[SourceKind(kind)] for kind in frame["kind"]),
            **{
                end: pd.Series([day.date() for day in frame[end]], frame.index, dtype="object")
                for end in ("first", "last")
            },
        ),
        Column("shop", message("Shop")),
        Column("use", message("Used for")),
        Column("source", message("Counted from")),
        Column("system", message("Export"), terms=True),
        Column("first", message("From")),
        Column("last", message("To")),
        Column("days", message("Days"), Unit.COUNT),
    )


def _named(part: str, blank: Text) -> Text | str:
    return message("Other") if part == OTHER else part or blank


def _basis(facts: TrafficFacts) -> str:
    return "visitor_days" if facts.rows["visitor_days"].notna().any() else "sessions"


def _size(facts: TrafficFacts, parts: pd.DataFrame) -> pd.Series:
    """Daily visitors by part; visits where no source tells visitors."""
    basis, days = _basis(facts), facts.measures["days"]
    return parts[basis] / (days if days and basis == "visitor_days" else 1.0)


def records(sums: pd.DataFrame) -> list[dict[str, float | None]]:
    """Measures by name, row by row."""
    return [{str(name): value for name, value in row.items()} for row in sums.to_dict("records")]


def rate(key: str, sums: list[dict[str, float | None]]) -> NDArray[np.float64]:
    """A metric of each row; NaN where its measures don't tell it.

    Parameters
    ----------
    key : of ``ecom.metrics``.
    sums : answer of ``records``.
    """
    entry = metric(key)
    return np.array([entry.value(row) for row in sums], dtype="float64")
