"""Ways through a shop: what follows what, which steps people return to, where they leave.

A way is a text of one letter a step, in order. Steps that repeat at once are one step of the way;
how often they repeat is counted in ``step_counts`` alone. Frames of ways have the columns ``way``,
``sessions`` and ``buying_sessions``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecom.models.runs import changes

COLUMNS = 5  # of a flow
EDGE, MORE, OTHER = ".", "~", "*"  # beyond the visit's ends, steps left out, steps too rare to show
_NODES = 7  # a column, beside its edge
_LETTERS = 128
_REPEATS = re.compile(r"(.)\1+")


@dataclass(frozen=True, eq=False, slots=True)
class Flow:
    """A flow in columns, for a picture.

    Attributes
    ----------
    nodes : ``column`` (from 0), ``step``, ``sessions``; per column most visits first, then
        ``OTHER``, then ``EDGE``.
    links : ``column``, ``step``, ``to_column``, ``to_step``, ``sessions``.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame


def folded(ways: pd.DataFrame) -> pd.DataFrame:
    """The same rows, their ways without immediate repeats."""
    return ways.assign(way=[_REPEATS.sub(r"\1", way) for way in ways["way"]])


def step_counts(ways: pd.DataFrame) -> pd.DataFrame:
    """What happens at each step.

    Parameters
    ----------
    ways : not folded.

    Returns
    -------
    DataFrame
        Index: the step's letter. ``sessions`` with the step; ``hits``, how often it happened, and
        ``runs``, immediate repeats counted once; ``landings`` and ``exits``, visits that began and
        ended with it; ``single``, visits of nothing else; ``landed_buying``, of the landings those
        that bought; ``returning``, visits that came back to it after another step; ``returns``, how
        often.
    """
    way = ways["way"].to_numpy(dtype="object")
    lengths = np.array([len(one) for one in way], dtype="int64")
    letters = np.frombuffer("".join(way).encode("ascii"), dtype="uint8").astype("int64")
    row = np.repeat(np.arange(len(way)), lengths)
    weight = ways["sessions"].to_numpy(dtype="float64")
    opens = changes(row)
    starts = opens | changes(letters)
    run_row, run_letter = row[starts], letters[starts]
    first, last = changes(run_row), changes(run_row[::-1])[::-1]
    pair, times = np.unique(run_row * _LETTERS + run_letter, return_counts=True)
    pair_row, pair_letter = pair // _LETTERS, pair % _LETTERS
    bought = ways["buying_sessions"].to_numpy(dtype="float64")

    def total(letter: NDArray[np.int64], weights: NDArray[Any]) -> NDArray[Any]:
        return np.bincount(letter, weights, _LETTERS).round().astype("int64")

    frame = pd.DataFrame(
        {
            "sessions": total(pair_letter, weight[pair_row]),
            "hits": total(letters, weight[row]),
            "runs": total(run_letter, weight[run_row]),
            "landings": total(run_letter[first], weight[run_row[first]]),
            "exits": total(run_letter[last], weight[run_row[last]]),
            "single": total(run_letter[first & last], weight[run_row[first & last]]),
            "landed_buying": total(run_letter[first], bought[run_row[first]]),
            "returning": total(pair_letter[times > 1], weight[pair_row[times > 1]]),
            "returns": total(pair_letter, weight[pair_row] * (times - 1)),
        },
        index=[chr(letter) for letter in range(_LETTERS)],
    )
    return frame[frame["sessions"] > 0]


def after_landing(ways: pd.DataFrame) -> pd.DataFrame:
    """The first steps of folded ways, added up, most visits first.

    One that ends before the last column ends in ``EDGE``.
    """
    return _summed(ways.assign(way=[(way + EDGE)[:COLUMNS] for way in ways["way"]]))


def before_leaving(ways: pd.DataFrame) -> pd.DataFrame:
    """The last steps of folded ways, added up; one that is shorter begins with ``EDGE``."""
    return _summed(ways.assign(way=[(EDGE + way)[-COLUMNS:] for way in ways["way"]]))


def between(ways: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
    """From the first ``start`` of folded ways to the first ``end`` after it; others are left out.

    Of more steps than there are columns the last ones in between become ``MORE``.
    """
    parts = [_between(way, start, end) for way in ways["way"]]
    is_found = np.array([part != "" for part in parts], dtype="bool")
    return _summed(ways.assign(way=parts)[is_found])


def flow(windows: pd.DataFrame, *, align: str) -> Flow:
    """What follows what, column by column.

    Parameters
    ----------
    windows : answer of ``after_landing``, ``before_leaving`` or ``between``.
    align : "first": first steps stand in the first column; "last": last steps in the last one;
        "both": either, however many there are in between.
    """
    way = windows["way"].to_numpy(dtype="object")
    lengths = np.array([len(one) for one in way], dtype="int64")
    row = np.repeat(np.arange(len(way)), lengths)
    place = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    at = pd.DataFrame({"row": row, "column": place, "step": list("".join(way))})
    at["sessions"] = windows["sessions"].to_numpy()[row]
    if align == "last":
        at["column"] += COLUMNS - lengths[row]
    elif align == "both":
        at.loc[place == lengths[row] - 1, "column"] = COLUMNS - 1
    at["step"] = _frequent(at)
    later = at.shift(-1)
    links = at.assign(to_column=later["column"], to_step=later["step"])[later["row"] == at["row"]]
    links = links.astype({"to_column": "int64"})
    ends = ["column", "step", "to_column", "to_step"]
    nodes = at.groupby(["column", "step"], as_index=False)["sessions"].sum()
    rank = nodes["step"].map({OTHER: 1, EDGE: 2}).fillna(0)
    nodes = nodes.assign(rank=rank).sort_values(
        ["column", "rank", "sessions", "step"], ascending=[True, True, False, True]
    )
    return Flow(
        nodes.drop(columns="rank").reset_index(drop=True),
        links.groupby(ends)["sessions"].sum().reset_index(),
    )


def _between(way: str, start: str, end: str) -> str:
    begins = way.find(start)
    ends = way.find(end, begins + 1) if begins >= 0 else -1
    if ends < 0:
        return ""
    part = way[begins : ends + 1]
    return part if len(part) <= COLUMNS else part[: COLUMNS - 2] + MORE + end


def _frequent(at: pd.DataFrame) -> pd.Series:
    """The steps, those that their column has no room for as ``OTHER``."""
    real = at[~at["step"].isin([EDGE, MORE])]
    sums = real.groupby(["column", "step"])["sessions"].sum().reset_index()
    sums = sums.sort_values(["column", "sessions", "step"], ascending=[True, False, True])
    by_column = sums.groupby("column")
    size, rank = by_column["step"].transform("size"), by_column.cumcount()
    rare = sums[(size > _NODES) & (rank >= _NODES - 1)]
    is_rare = pd.MultiIndex.from_frame(at[["column", "step"]]).isin(
        pd.MultiIndex.from_frame(rare[["column", "step"]])
    )
    return at["step"].where(~is_rare, OTHER)


def _summed(ways: pd.DataFrame) -> pd.DataFrame:
    sums = ways.groupby("way", as_index=False)[["sessions", "buying_sessions"]].sum()
    return sums.sort_values(["sessions", "way"], ascending=[False, True], ignore_index=True)
