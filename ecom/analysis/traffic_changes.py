"""What changed: sources that left what was expected of them, why perhaps, and what to check."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecom.analysis.alerts import LEAST_CHANGE, Alert, alerts
from ecom.analysis.base import Column, Gap, Report, Table, header_of, words
from ecom.analysis.playbook import play_for
from ecom.analysis.watched import Watched, watch
from ecom.model import Amount, Good, Notice, Period, Scope, Unit
from ecom.models.bands import LEVEL_DAYS
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.terms import term
from ecom.text import Text, message

_BY_CHANNEL = ("own_events", "own_traffic", "sycm_shop_source", "ga4_traffic_acquisition")
MEASURE_LABELS = {
    "visitors": message("Daily visitors"),
    "yield": message("Daily visitors at its ad spend"),
    "conversion": message("Conversion"),
}
_DIRECTIONS = {"up": message("Up"), "down": message("Down")}
_UNITS = {"visitors": Unit.COUNT, "yield": Unit.COUNT, "conversion": Unit.RATIO}
_COLUMNS = (
    Column("source", message("Source or device")),
    Column("shop", message("Shop")),
    Column("measure", message("Measure")),
    Column("since", message("Since")),
    Column("during", message("Began during"),
           help=message("The event whose days are left out right before: the change may have begun "
                        "on any of them.")),
    Column("until", message("Until"), help=message("Empty while it lasts.")),
    Column("direction", message("Direction")),
    Column("change", message("Change"), Unit.RATIO, Good.NEITHER,
           message("Against what was expected on these days.")),
    Column("came", message("A day")),
    Column("expected", message("Expected a day")),
    Column("weight", message("Visitors more or less"), Unit.COUNT, Good.UP,
           message("On the ordinary days of the period; of conversion, as many visitors as the "
                   "buyers more or less would take.")),
    Column("buyers", message("Buyers more or less"), Unit.COUNT, Good.UP,
           message("These visitors × the buyers per visitor of the same source. The list is ranked "
                   "by this; what the own ad spend explains comes last.")),
    Column("causes", message("Likely causes")),
    Column("checks", message("Check first")),
)  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class TrafficChangesReport(Report):
    """What changed on the days of the period.

    Attributes
    ----------
    changes : one row a cause, the one that cost or brought most first; ``_COLUMNS``.
    alert : the row that is drawn, from 1; 0 without a change.
    band : day, value, expected, low, high of that row's source; empty without a change.
    source, measure : whose band that is.
    """

    changes: Table
    alert: int
    band: Table
    source: Text | str
    measure: str


def report(store: Store, scope: Scope, *, alert: int = 1) -> TrafficChangesReport:
    """Answer the part "what changed" of the traffic page.

    Parameters
    ----------
    alert : which row of ``changes`` to draw, from 1; the first where there are fewer, since a link
        of last week may name more than there are today.
    """
    resolved = resolve(store, scope)
    watched = watch(store, resolved)
    found = alerts(watched, resolved.period)
    if not 1 <= alert <= len(found):
        alert = 1
    drawn = found[alert - 1] if found else None
    return TrafficChangesReport(
        header=header_of(resolved),
        headline=_headline(watched, found),
        kpis=(),
        gaps=() if watched else (Gap(message("Visitors by source and day"), _BY_CHANNEL),),
        notices=(*resolved.notices, *_NOTICES),
        changes=_changes(found, resolved),
        alert=alert if drawn else 0,
        band=_band(drawn.worst if drawn else None, resolved),
        source=_source(drawn) if drawn else "",
        measure=drawn.worst.measure if drawn else "visitors",
    )


_NOTICES = (
    Notice(
        message(
            "A source is held against the level of its last {days} ordinary days, its weekday "
            "profile and what all sources of the shop had that day; one with ads also against its "
            "spend; its conversion against a binomial band, that of a device against the other "
            "devices on the same day. Days that the calendar names are left out (not of devices), "
            "and so are changes of less than {least}.",
            days=LEVEL_DAYS,
            least=Amount(LEAST_CHANGE, Unit.RATIO),
        )
    ),
    Notice(message("The causes are what such a change usually means, not findings.")),
)


def _headline(watched: tuple[Watched, ...], found: tuple[Alert, ...]) -> Text:
    if not watched:
        return message("No source has enough visitors on enough days to say what is expected.")
    sources = len({(one.shop_id, one.source) for one in watched if not one.by_device})
    if not found:
        return message("None of {sources} sources left what was expected.", sources=sources)
    values = {
        "count": len(found),
        "source": _source(found[0]),
        "measure": MEASURE_LABELS[found[0].worst.measure],
        "change": Amount(abs(_ratio(found[0]) - 1), Unit.RATIO),
        "days": _when(found[0]),
    }
    if found[0].direction == "down":
        return message(
            "Changes: {count}. Above all {source}: {measure} {change} below what was expected, "
            "{days}.",
            **values,
        )
    return message(
        "Changes: {count}. Above all {source}: {measure} {change} above what was expected, {days}.",
        **values,
    )


def _when(one: Alert) -> Text | Period:
    """Its days once it is over, else since when it lasts."""
    if one.until is None:
        return message("since {since}", since=one.since)
    return Period(one.since, one.until)


def _changes(found: tuple[Alert, ...], resolved: ResolvedScope) -> Table:
    plays = [
        play_for(one.worst.topic, one.direction, pattern=one.pattern, sources=one.sources)
        for one in found
    ]
    levels = [_levels(one) for one in found]
    frame = pd.DataFrame(
        {
            "source": words(_source(one) for one in found),
            "shop": words(resolved.named(one.worst.shop_id for one in found)),
            "measure": words(MEASURE_LABELS[one.worst.measure] for one in found),
            "since": words(one.since for one in found),
            "during": words(one.during for one in found),
            "until": words(one.until or "" for one in found),
            "direction": words(_DIRECTIONS[one.direction] for one in found),
            "change": pd.Series([_ratio(one) - 1 for one in found], dtype="float64"),
            "came": words(came for came, _ in levels),
            "expected": words(expected for _, expected in levels),
            "weight": pd.Series([one.weight for one in found], dtype="float64"),
            "buyers": pd.Series([one.buyers for one in found], dtype="float64"),
            "causes": words(play.causes for play in plays),
            "checks": words(play.checks for play in plays),
        }
    )
    return Table.make(frame, *_COLUMNS)


def _levels(alert: Alert) -> tuple[Amount, Amount]:
    """What came and what was expected on a mean day of the source that weighs most."""
    watched, run = alert.parts[0]
    unit = _UNITS[watched.measure]
    expected = float(watched.band.days["expected"].iloc[run.start : run.end + 1].mean())
    came = run.ratio * expected
    if unit is Unit.COUNT:
        return Amount(round(came), unit), Amount(round(expected), unit)
    return Amount(came, unit), Amount(expected, unit)


def _ratio(alert: Alert) -> float:
    return alert.parts[0][1].ratio


def _source(alert: Alert) -> Text | str:
    if alert.pattern == "many":
        return message(
            "{count} sources, above all {source}",
            count=len(set(alert.sources)),
            source=term(alert.worst.source),
        )
    return term(alert.worst.source)


def _band(worst: Watched | None, resolved: ResolvedScope) -> Table:
    keys = ["day", "value", "expected", "low", "high"]
    unit = _UNITS[worst.measure] if worst else Unit.COUNT
    labels = (
        message("Day"),
        message("Value"),
        message("Expected"),
        message("Low"),
        message("High"),
    )
    columns = [
        Column(key, label, None if key == "day" else unit)
        for key, label in zip(keys, labels, strict=True)
    ]
    if worst is None:
        return Table.make(pd.DataFrame(columns=keys), *columns)
    days = [worst.day(position) for position in range(len(worst.band.days))]
    frame = worst.band.days.assign(day=days)[keys]
    return Table.make(frame[frame["day"] >= _drawn_from(resolved)], *columns)


def _drawn_from(resolved: ResolvedScope) -> object:
    """Some weeks before the period, so that the level that was left is in the picture."""
    return resolved.period.shift(-4 * 7).start
