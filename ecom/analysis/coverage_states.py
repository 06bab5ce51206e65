"""What is known of each day of a source: rows, nothing happened, nothing was loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
import pandas as pd

from ecom.queries.coverage_days import BY_NAME, KEYS

# A list that comes later than this many times its usual distance leaves days nobody knows.
LATE_LIST = 2.0
DAY_COLUMNS = ("line", "day", "state", "rows", "batches", "current_batch")
_NO_DAYS = pd.DataFrame({name: pd.Series(dtype="int64") for name in DAY_COLUMNS}).astype(
    {"day": "datetime64[us]", "state": "str"}
)


class State(StrEnum):
    """What is known of a day."""

    ROWS = "rows"  # rows of that day
    WHOLE = "whole"  # only as part of rows of several days
    QUIET = "quiet"  # a batch spans the day and has no rows: nothing happened
    BETWEEN = "between"  # between two lists of a source that lists now and then
    MISSING = "missing"  # no batch spans the day
    LATE = "late"  # after the last day of a source that ends before the newest day of all


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """One source of one shop.

    Attributes
    ----------
    first, last : the days its batches span.
    rhythm : usual days from one list to the next; 1 for what comes by the day.
    batches : numbers of the batches that brought its rows, oldest first.
    """

    subject: str
    shop_id: str
    source: str
    grain: str
    first: pd.Timestamp
    last: pd.Timestamp
    rhythm: float
    batches: tuple[int, ...]


def lines_and_days(
    spans: pd.DataFrame, periods: pd.DataFrame
) -> tuple[tuple[Line, ...], pd.DataFrame]:
    """Put together what the batches say.

    Parameters
    ----------
    spans : answer of ``covered_spans``.
    periods : answer of ``batch_periods``.

    Returns
    -------
    lines : by subject, shop, source and grain.
    days : one row for every day of each line, and for the days a late one lacks at its end;
        ``DAY_COLUMNS``. ``line`` is the place in ``lines``;
        ``batches`` counts those with rows of the day, counting or not; ``current_batch`` is the
        newest of those that count (0 without any).
    """
    lines: list[Line] = []
    frames: list[pd.DataFrame] = []
    ordered = spans.assign(
        subject=pd.Categorical(spans["subject"], categories=list(BY_NAME), ordered=True)
    )
    for key, rows in ordered.groupby(list(KEYS), observed=True, sort=True):
        line = _line(key, rows, periods)
        frames.append(_days(line, rows, periods).assign(line=len(lines)))
        lines.append(line)
    if not frames:
        return (), _NO_DAYS
    newest = max(line.last for line in lines)
    frames = [_with_tail(line, days, newest) for line, days in zip(lines, frames, strict=True)]
    days = pd.concat(frames, ignore_index=True)[list(DAY_COLUMNS)]
    return tuple(lines), _orders_without_lines(lines, days)


def runs(days: pd.DataFrame, is_in: pd.Series) -> pd.DataFrame:
    """Days in a row, of one line each.

    Parameters
    ----------
    days : as ``lines_and_days`` returns them.
    is_in : which of them.

    Returns
    -------
    DataFrame
        ``line``, ``start``, ``end`` (timestamps), ``days``.
    """
    picked = days.loc[is_in, ["line", "day"]]
    new = picked["line"].ne(picked["line"].shift()) | picked["day"].diff().dt.days.ne(1)
    grouped = picked.groupby(new.cumsum())
    return pd.DataFrame(
        {
            "line": grouped["line"].first().astype("int64"),
            "start": grouped["day"].min(),
            "end": grouped["day"].max(),
            "days": grouped["day"].count(),
        }
    ).reset_index(drop=True)


def _line(key: tuple[object, ...], rows: pd.DataFrame, periods: pd.DataFrame) -> Line:
    subject, shop_id, source, grain = map(str, key)
    rhythm = 1.0
    first, last = rows["start"].min(), rows["end"].max()
    if BY_NAME[subject].is_listed:
        listed = np.sort(rows.loc[rows["current"] > 0, "start"].unique())
        if len(listed) > 1:
            rhythm = float(np.median(np.diff(listed) / np.timedelta64(1, "D")))
    else:
        spanned = [span for _, span in _batch_spans(rows, periods)]
        first, last = min(one for one, _ in spanned), max(other for _, other in spanned)
    batches = tuple(sorted(int(number) for number in rows["batch_id"].unique()))
    return Line(subject, shop_id, source, grain, first, last, rhythm, batches)


def _batch_spans(
    rows: pd.DataFrame, periods: pd.DataFrame
) -> Iterator[tuple[int, tuple[pd.Timestamp, pd.Timestamp]]]:
    """Each batch's own rows, widened to the period the file says it is of."""
    own = rows.groupby("batch_id").agg(start=("start", "min"), end=("end", "max"))
    for batch_id, start, end in own.itertuples():
        said = periods.loc[batch_id]
        starts = [day for day in (start, said["period_start"]) if not pd.isna(day)]
        ends = [day for day in (end, said["period_end"]) if not pd.isna(day)]
        yield int(batch_id), (min(starts), max(ends))


def _days(line: Line, rows: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    index = pd.date_range(line.first, line.last)
    count, batches = np.zeros(len(index), dtype="int64"), np.zeros(len(index), dtype="int64")
    newest = np.zeros(len(index), dtype="int64")
    state = np.full(len(index), str(State.MISSING), dtype=object)
    offset = {name: (rows[name] - line.first).dt.days.to_numpy() for name in ("start", "end")}
    if not BY_NAME[line.subject].is_listed:
        for _, (start, end) in _batch_spans(rows, periods):
            state[(start - line.first).days : (end - line.first).days + 1] = str(State.QUIET)
    single = offset["start"] == offset["end"]
    counts = rows["current"].to_numpy() > 0
    for place in np.flatnonzero(~single):
        several = slice(offset["start"][place], offset["end"][place] + 1)
        batches[several] += 1
        if counts[place]:
            state[several] = str(State.WHOLE)
            newest[several] = np.maximum(newest[several], rows["batch_id"].iloc[place])
    days = offset["start"][single]
    np.add.at(batches, days, 1)
    np.add.at(count, days, rows["current"].to_numpy()[single])
    known = offset["start"][single & counts]
    state[known] = str(State.ROWS)
    np.maximum.at(newest, known, rows["batch_id"].to_numpy()[single & counts])
    if BY_NAME[line.subject].is_listed:
        _fill_between(state, line.rhythm)
    return pd.DataFrame(
        {"day": index, "state": state, "rows": count, "batches": batches, "current_batch": newest}
    )


def _with_tail(line: Line, days: pd.DataFrame, newest: pd.Timestamp) -> pd.DataFrame:
    late = (newest - line.last).days
    if late <= (LATE_LIST * line.rhythm if BY_NAME[line.subject].is_listed else 0):
        return days
    tail = pd.DataFrame({"day": pd.date_range(line.last, newest, inclusive="right")}).assign(
        line=days["line"].iloc[0], state=str(State.LATE), rows=0, batches=0, current_batch=0
    )
    return pd.concat([days, tail], ignore_index=True)


def _fill_between(state: np.ndarray, rhythm: float) -> None:
    """Days between two lists lack nothing while the lists come about as often as they used to."""
    listed = np.flatnonzero(state == str(State.ROWS))
    for one, other in pairwise(listed):
        if other - one <= LATE_LIST * rhythm:
            state[one + 1 : other] = str(State.BETWEEN)


def _orders_without_lines(lines: list[Line], days: pd.DataFrame) -> pd.DataFrame:
    """A day that has orders but no lines of them lacks its lines, whatever a batch spans."""
    by_line = {(line.subject, line.shop_id): number for number, line in enumerate(lines)}
    state = days["state"].copy()
    for (subject, shop_id), number in by_line.items():
        orders = by_line.get(("orders", shop_id))
        if subject != "order_lines" or orders is None:
            continue
        sold = days.loc[(days["line"] == orders) & (days["rows"] > 0), "day"]
        lacking = (days["line"] == number) & (days["rows"] == 0) & days["day"].isin(sold)
        state[lacking] = str(State.MISSING)
    return days.assign(state=state)
