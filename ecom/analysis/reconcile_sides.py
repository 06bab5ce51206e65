"""The two sides of a check laid on the same days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.analysis.reconcile_checks import CheckSpec
from ecom.models.differences import Numbers
from ecom.queries.traffic_sources import SourceKind
from ecom.text import Text, message

# How the days of the counted side may be cut; the first that there is speaks.
_BASES = ("paid", "local", "utc", "ordered", "")


@dataclass(frozen=True, eq=False, slots=True)
class Sides:
    """A check of one shop and part, by day (or span of days).

    Attributes
    ----------
    days, until : first and last day of each place of the arrays.
    alternatives, amounts : as ``ecom.models.differences.explain`` takes them.
    """

    spec: CheckSpec
    shop_id: str
    part: str
    days: pd.DatetimeIndex
    until: pd.DatetimeIndex
    reported: Numbers
    counted: Numbers
    alternatives: dict[str, Numbers]
    amounts: dict[str, float]


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A check of a shop that can't be made, and why."""

    spec: CheckSpec
    shop_id: str
    part: str
    why: Text


def lay(
    spec: CheckSpec, reported: pd.DataFrame, counted: pd.DataFrame
) -> Iterator[Sides | NotCompared]:
    """Lay the sides of a check on the same days, for each shop and part that has one of them.

    Parameters
    ----------
    reported, counted : as ``ecom.queries.reconcile`` returns them. A counted frame without parts
        ("" throughout) is held against every part of the reported one.
    """
    told = reported[reported[spec.measure].notna()]
    has_parts = bool((counted["part"] != "").any())
    added = _split(counted if has_parts else counted.assign(part=""))
    said = _split(told)
    for shop_id in sorted({shop_id for shop_id, _ in added} - {shop_id for shop_id, _ in said}):
        yield NotCompared(spec, shop_id, "", _lacks(spec.reported))
    for (shop_id, part), rows in said.items():
        yield _one(spec, shop_id, part, rows, added.get((shop_id, part if has_parts else "")))


def _one(
    spec: CheckSpec, shop_id: str, part: str, said: pd.DataFrame, added: pd.DataFrame | None
) -> Sides | NotCompared:
    if added is None:
        return NotCompared(spec, shop_id, part, _lacks(spec.counted))
    if spec.is_distinct and (said["kind"] == SourceKind.CHANNELS).all():
        why = message("The export tells it by channel only, and people can't be added up.")
        return NotCompared(spec, shop_id, part, why)
    is_day = said["start"] == said["end"]
    if spec.is_distinct and not is_day.any():
        why = message("The export has rows of several days only, and people can't be added up.")
        return NotCompared(spec, shop_id, part, why)
    # A row of several days repeats the days where there are rows of days, too.
    said = said[is_day] if is_day.any() else said
    known = set(added["basis"]) if "basis" in added else {""}
    basis = next(name for name in _BASES if name in known)
    main = _by_day(added, basis)
    said = said[(said["start"] >= main.index[0]) & (said["end"] <= main.index[-1])]
    if said.empty:
        return NotCompared(
            spec, shop_id, part, message("The days of the two sides do not overlap.")
        )
    said = said.groupby(["start", "end"], as_index=False)[[spec.measure]].sum()
    days, until = pd.DatetimeIndex(said["start"]), pd.DatetimeIndex(said["end"])
    readings = {
        name: values
        for name, how in spec.alternatives.items()
        if (values := _reading(spec, added, main, how)) is not None
    }
    return Sides(
        spec=spec,
        shop_id=shop_id,
        part=part,
        days=days,
        until=until,
        reported=said[spec.measure].to_numpy(dtype="float64"),
        counted=_over(main[spec.own], days, until),
        alternatives={name: _over(values, days, until) for name, values in readings.items()},
        amounts={name: float(_over(main[name], days, until).sum()) for name in spec.amounts},
    )


def _split(frame: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """The rows of each shop and part."""
    grouped = frame.groupby(["shop_id", "part"])
    return {(str(shop_id), str(part)): rows for (shop_id, part), rows in grouped}


def _by_day(added: pd.DataFrame, basis: str) -> pd.DataFrame:
    """Sums of one basis; index: every day from its first to its last, nothing counted is 0."""
    rows = added[added["basis"] == basis] if basis else added
    measures = rows.select_dtypes("number").columns
    days = rows.groupby("day")[list(measures)].sum()
    full: pd.DataFrame = days.reindex(pd.date_range(days.index[0], days.index[-1])).fillna(0.0)
    return full


def _reading(
    spec: CheckSpec, added: pd.DataFrame, main: pd.DataFrame, how: str
) -> pd.Series | None:
    """What would have been counted; None where that is the same or not known."""
    if how[0] in "+-=":
        other = main[how[1:]]
        if how[0] == "=":
            return other
        return None if not other.any() else main[spec.own] + (other if how[0] == "+" else -other)
    rows = added[added["basis"] == how]
    if rows[spec.own].isna().all():  # no rows, or a basis that does not tell this measure
        return None
    values: pd.Series = _by_day(added, how)[spec.own]
    return values


def _over(values: pd.Series, days: pd.DatetimeIndex, until: pd.DatetimeIndex) -> Numbers:
    """Sums over spans of days; what lies outside the days known is nothing."""
    first, last = min(values.index[0], days.min()), max(values.index[-1], until.max())
    full = values.reindex(pd.date_range(first, last)).fillna(0.0).to_numpy(dtype="float64")
    running = np.concatenate([[0.0], np.cumsum(full)])
    start, end = (days - first).days.to_numpy(), (until - first).days.to_numpy()
    # Cents add up exactly; what a running sum adds to them is noise.
    sums: Numbers = np.round(running[end + 1] - running[start], 4)
    return sums


def _lacks(side: Text) -> Text:
    return message("Nothing that is loaded tells it: {side}.", side=side)
