"""What the sudden leaks say: the table, the days of the clearest, and the sentence on top."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.analysis.funnel_names import VALUE_LABELS, step_label
from ecom.analysis.playbook import PASSAGE, play_for
from ecom.analysis.sudden_leaks import Passages, SuddenLeak
from ecom.model import Amount, Good, Period, Unit
from ecom.terms import term
from ecom.text import Text, message

SPLIT_LABELS: dict[str, Text] = {
    "channel": message("Channel"),
    "device": message("Device"),
    "landing_page": message("First page"),
    "region": message("Region"),
    "visitor": message("New or returning"),
}
COLUMNS = (
    Column("step", message("Step")),
    Column("group", message("Group")),
    Column("since", message("Since")),
    Column("until", message("Until"), help=message("Empty while it lasts.")),
    Column("people", message("Visits at the step before"), Unit.COUNT),
    Column("rate", message("Of the step before"), Unit.RATIO, Good.UP),
    Column(
        "expected",
        message("Expected"),
        Unit.RATIO,
        help=message("By the group’s other days, moved as the other visits moved on these days."),
    ),
    Column("lost", message("Lost visits"), Unit.COUNT, Good.DOWN),
    Column(
        "at_stake",
        message("Revenue lost"),
        Unit.MONEY,
        Good.DOWN,
        message(
            "Lost visits, times the share of visits that buy after this step, times the average "
            "order of the period."
        ),
    ),
    Column("low", message("At least"), Unit.MONEY),
    Column(
        "high",
        message("At most"),
        Unit.MONEY,
        help=message(
            "Of all intervals shown, 5 % at most miss (Benjamini and Yekutieli); the later shares "
            "and the average order are taken as known."
        ),
    ),
    Column("causes", message("Likely causes")),
    Column("checks", message("Check first")),
)
DAY_COLUMNS = (
    Column("day", message("Day")),
    Column("rate", message("Group"), Unit.RATIO),
    Column("others", message("Others"), Unit.RATIO),
    Column("is_leak", message("In the leak")),
)
_DRAWN_BEFORE = 28  # days, so that what was usual is in the picture


def sudden_table(found: Sequence[SuddenLeak], passages: Passages | None, average: float) -> Table:
    """One row a sudden leak; ``COLUMNS``.

    Parameters
    ----------
    average : revenue an order; NaN when unknown.
    """
    rows = []
    for leak in found:
        assert passages is not None  # what the leaks were found in
        worth = _onward(passages, leak.step) * average
        play = play_for(
            PASSAGE,
            "down",
            pattern="one",
            sources=(leak.step, *(split for split, _ in leak.group)),
        )
        rows.append(
            {
                "step": step_label(leak.step),
                "group": group_label(leak),
                "since": leak.start,
                "until": "" if leak.end == passages.span.end else leak.end,
                "people": leak.people,
                "rate": leak.went_on / leak.people,
                "expected": leak.expected,
                "lost": leak.lost,
                "at_stake": leak.lost * worth,
                "low": leak.low * worth,
                "high": leak.high * worth,
                "causes": play.causes,
                "checks": play.checks,
            }
        )
    frame = pd.DataFrame(rows, columns=[column.key for column in COLUMNS])
    for name in ("step", "group", "since", "until", "causes", "checks"):
        frame[name] = words(frame[name])
    return Table.make(frame, *COLUMNS)


def sudden_days(leak: SuddenLeak | None, passages: Passages | None) -> Table:
    """The days around a leak: the group's rate beside the others'; ``DAY_COLUMNS``."""
    keys = [column.key for column in DAY_COLUMNS]
    if leak is None or passages is None:
        return Table.make(pd.DataFrame(columns=keys), *DAY_COLUMNS)
    names, counts = passages.by_day(tuple(split for split, _ in leak.group))
    people, went_on = counts[passages.steps.index(leak.step)]
    place = names.index(tuple(value for _, value in leak.group))
    others = people.sum(axis=0) - people[place], went_on.sum(axis=0) - went_on[place]
    days = [passages.span.start + timedelta(number) for number in range(passages.span.days)]
    frame = pd.DataFrame(
        {
            "day": days,
            "rate": _rate(went_on[place], people[place]),
            "others": _rate(others[1], others[0]),
            "is_leak": [leak.start <= day <= leak.end for day in days],
        }
    )
    return Table.make(frame[frame["day"] >= leak.start - timedelta(_DRAWN_BEFORE)], *DAY_COLUMNS)


def sudden_headline(leak: SuddenLeak, row: pd.Series, *, currency: str) -> Text:
    """The clearest leak in a sentence, with its price where there is one."""
    values = {
        "group": group_label(leak),
        "step": step_label(leak.step),
        "period": Period(leak.start, leak.end),
        "rate": Amount(float(row["rate"]), Unit.RATIO),
        "expected": Amount(leak.expected, Unit.RATIO),
    }
    broke = message(
        "Something broke for {group} before “{step}”, {period}: {rate} went on, {expected} were "
        "expected.",
        **values,
    )
    if pd.isna(row["at_stake"]):
        return broke
    return message(
        "{broke} Lost: {value}, between {low} and {high}.",
        broke=broke,
        **{
            name: Amount(float(row[key]), Unit.MONEY, currency)
            for name, key in (("value", "at_stake"), ("low", "low"), ("high", "high"))
        },
    )


def group_label(leak: SuddenLeak) -> Text:
    """A group in words: one value, or two."""
    named = [
        message(
            "{split}: {value}",
            split=SPLIT_LABELS[split],
            value=VALUE_LABELS.get(value) or term(value),
        )
        for split, value in leak.group
    ]
    return named[0] if len(named) == 1 else message("{one}, {other}", one=named[0], other=named[1])


def _onward(passages: Passages, step: str) -> float:
    """The share of visits past a step that buy, 0..1."""
    last = passages.steps[-1]
    past, bought = (passages.frame[f"on_{name}"].sum() for name in (step, last))
    return min(1.0, float(bought) / float(past)) if past else 0.0


def _rate(went_on: np.ndarray, people: np.ndarray) -> pd.Series:
    return pd.Series(went_on).div(pd.Series(people).where(pd.Series(people) > 0))
