"""The tables of the funnel page: steps with their comparison, breakdown, trend, stages."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.analysis.funnel_counts import OTHER
from ecom.analysis.funnel_names import VALUE_LABELS, step_keys, step_labels
from ecom.analysis.funnel_query import FunnelQuery, FunnelResult
from ecom.model import Good, Unit
from ecom.models.proportions import SIGNIFICANCE, ShareTest, Verdict, compare_shares
from ecom.queries.funnel import visits_tell
from ecom.text import Text, message

STAGE_LABELS: dict[str, Text] = {
    "uv": message("Visitors"),
    "cart_uv": message("Added to cart"),
    "order_buyers": message("Placed an order"),
    "paid_buyers": message("Paid"),
    "sessions": message("Visits"),
    "cart_sessions": message("Visits with something in the cart"),
    "checkout_sessions": message("Visits that reached the checkout"),
    "converted_sessions": message("Visits that bought"),
}
_FROM_FIRST = Column("from_first", message("Of the first step"), Unit.RATIO, Good.UP)
_FROM_PREVIOUS = Column("from_previous", message("Of the step before"), Unit.RATIO, Good.UP)
_CHANGE = Column(
    "change",
    message("Change (pp)"),
    Unit.NUMBER,
    Good.UP,
    message("Share of the step before, less the same share in the comparison period."),
)

STEP_COLUMNS = (
    Column("step", message("Step")),
    Column("people", message("Did it in order"), Unit.COUNT, Good.UP),
    _FROM_FIRST,
    _FROM_PREVIOUS,
    Column("lost", message("Lost here"), Unit.COUNT, Good.DOWN),
    Column("base_people", message("Before"), Unit.COUNT),
    Column("base_from_previous", message("Of the step before, then"), Unit.RATIO),
    _CHANGE,
    Column(
        "verdict",
        message("Real change?"),
        help=message("Two-proportion z-test at 5 %, on the share of the step before."),
    ),
    Column("p", message("p-value"), Unit.CHANCE),
    Column(
        "anyone",
        message("Anyone who did it"),
        Unit.COUNT,
        help=message("Of those who entered, all who did the step at any time, in whatever order."),
    ),
    Column("median_seconds", message("Median time since the step before"), Unit.SECONDS),
    Column("mean_seconds", message("Mean time since the step before"), Unit.SECONDS),
)
TREND_COLUMNS = (
    Column("day", message("Day of entry")),
    Column("entered", message("Entered"), Unit.COUNT, Good.UP),
    Column("converted", message("Purchased"), Unit.COUNT, Good.UP),
    Column("rate", message("Conversion"), Unit.RATIO, Good.UP),
    Column(
        "is_complete",
        message("Finished"),
        help=message("Not finished: the window of the last entries is still open."),
    ),
)
TIME_COLUMNS = (
    Column("step", message("Step")),
    Column("within", message("Time since the step before")),
    Column("people", message("Did it in order"), Unit.COUNT),
    Column(
        "share",
        message("Share"),
        Unit.RATIO,
        help=message("Of those who did the step; their times add up to 100 %."),
    ),
)
TIME_LABELS = (
    message("< 1 min"),
    message("1–5 min"),
    message("5–30 min"),
    message("0.5–2 h"),
    message("2–24 h"),
    message("1–3 days"),
    message("≥ 3 days"),
)
CONTRAST_COLUMNS = (
    Column("value", message("Group"), terms=True),
    Column("step", message("Step")),
    Column("people", message("At the step before"), Unit.COUNT),
    Column("share", message("Of the step before"), Unit.RATIO, Good.UP),
    Column("rest", message("Of the rest"), Unit.RATIO),
    Column(
        "verdict",
        message("Real difference?"),
        help=message("Two-proportion z-test at 5 % over all cells together (Bonferroni)."),
    ),
)
STAGE_COLUMNS = (
    Column("stage", message("Stage")),
    Column("people", message("Visitor-days or visits"), Unit.COUNT, Good.UP),
    Column("from_first", message("Of the visitors"), Unit.RATIO, Good.UP),
    _FROM_PREVIOUS,
    Column("base_people", message("Before"), Unit.COUNT),
    Column("base_from_first", message("Of the visitors, then"), Unit.RATIO),
    Column("change", message("Change (pp)"), Unit.NUMBER, Good.UP),
)

VERDICTS = {
    Verdict.HIGHER: message("Higher, more than chance"),
    Verdict.LOWER: message("Lower, more than chance"),
    Verdict.NO_DIFFERENCE: message("Within chance"),
    Verdict.TOO_FEW: message("Too few people to tell"),
}


def step_table(now: FunnelResult | None, before: FunnelResult | None) -> Table:
    """One row a step, held against the base step by step; ``STEP_COLUMNS``."""
    if now is None:
        return _nothing(STEP_COLUMNS)
    query, people = now.query, now.steps["people"].tolist()
    frame = now.steps.assign(step=words(step_labels(query.steps)))
    # Nobody is lost where nobody has to go.
    frame["lost"] = [
        people[query.before(step)] - people[step] if step and step in query.required else math.nan
        for step in range(len(people))
    ]
    if before is None:
        tests: list[ShareTest | None] = [None] * len(frame)
        frame = frame.assign(base_people=math.nan, base_from_previous=math.nan)
    else:
        frame["base_people"] = before.steps["people"].astype("float64")
        frame["base_from_previous"] = before.steps["from_previous"]
        tests = _tests(query, people, before.steps["people"].tolist())
    frame["change"] = (frame["from_previous"] - frame["base_from_previous"]) * 100
    frame["verdict"] = words("" if test is None else VERDICTS[test.verdict] for test in tests)
    frame["p"] = [math.nan if test is None or test.p is None else test.p for test in tests]
    return Table.make(frame, *STEP_COLUMNS)


def breakdown_table(label: Text, now: FunnelResult | None, before: FunnelResult | None) -> Table:
    """One row a value: people at each step and the conversion of the whole, against the base.

    Columns of steps are called as ``step_keys`` does.
    """
    steps = () if now is None else step_keys(now.query.steps)
    labels = () if now is None else step_labels(now.query.steps)
    columns = (
        Column("value", label, terms=True),
        *(Column(key, name, Unit.COUNT, Good.UP) for key, name in zip(steps, labels, strict=True)),
        Column(
            "conversion",
            message("Conversion"),
            Unit.RATIO,
            Good.UP,
            message("Of the first step; of the step that tells the group, where one does."),
        ),
        Column("base_conversion", message("Conversion, then"), Unit.RATIO),
        Column("change", message("Change (pp)"), Unit.NUMBER, Good.UP),
    )
    if now is None or now.breakdown is None:
        return _nothing(columns)
    wide, place = people_by_value(now.breakdown, steps), split_from(now.query)
    wide = wide[wide.iloc[:, place] > 0]
    base = pd.Series(math.nan, index=wide.index)
    if before is not None and before.breakdown is not None:
        then = folded(people_by_value(before.breakdown, steps), wide.index)
        base = _conversion(then, place)
    wide = wide.assign(
        conversion=_conversion(wide, place), base_conversion=base.reindex(wide.index)
    )
    wide["change"] = (wide["conversion"] - wide["base_conversion"]) * 100
    wide["value"] = words(VALUE_LABELS.get(value, value) for value in wide.index).to_numpy()
    return Table.make(wide, *columns)


def split_from(query: FunnelQuery) -> int:
    """The step that tells the groups of the split: before it they can't be compared.

    A visit tells its channel, so that everything after it can be held against the other channels.
    A category is told by an event: who did nothing has none.
    """
    asked = query.breakdown
    if asked is None:
        return 0
    if asked.attribution == "step":
        return asked.step
    if visits_tell(asked.property) or not query.steps[0].is_visit:
        return 0
    return query.required[1] if len(query.required) > 1 else 0


def contrast_table(now: FunnelResult | None, breakdown: Table) -> Table:
    """Each value's share at each step against that of everybody else; ``CONTRAST_COLUMNS``.

    The steps are those after the one that tells the values apart.
    """
    if now is None:
        return _nothing(CONTRAST_COLUMNS)
    query, labels = now.query, step_labels(now.query.steps)
    counts = breakdown.frame[list(step_keys(query.steps))].to_numpy(dtype="int64")
    steps = range(split_from(query) + 1, len(labels))
    cells = [(row, step) for row in range(len(counts)) for step in steps]
    if len(counts) < 2 or not cells:
        return _nothing(CONTRAST_COLUMNS)
    totals = counts.sum(axis=0)
    rows = []
    for row, step in cells:
        pair = (query.before(step), step)
        people, reached = (int(counts[row, place]) for place in pair)
        others, others_reached = (int(totals[place] - counts[row, place]) for place in pair)
        test = compare_shares(
            reached, people, others_reached, others, significance=SIGNIFICANCE / len(cells)
        )
        rows.append(
            {
                "value": breakdown.frame["value"].iloc[row],
                "step": labels[step],
                "people": people,
                "share": reached / people if people else math.nan,
                "rest": others_reached / others if others else math.nan,
                "verdict": VERDICTS[test.verdict],
            }
        )
    return Table.make(pd.DataFrame(rows), *CONTRAST_COLUMNS)


def time_table(now: FunnelResult | None) -> Table:
    """How many took how long to each step, then for the whole way; ``TIME_COLUMNS``.

    Steps that nobody did are left out.
    """
    if now is None:
        return _nothing(TIME_COLUMNS)
    labels = {
        **dict(enumerate(step_labels(now.query.steps))),
        -1: message("The whole way"),
    }
    total = now.times.groupby("step")["people"].transform("sum")
    frame = now.times.assign(share=now.times["people"] / total)[total > 0]
    return Table.make(
        frame.assign(
            step=words(labels[step] for step in frame["step"]).to_numpy(),
            within=words(TIME_LABELS[place] for place in frame["bin"]).to_numpy(),
        ).reset_index(drop=True),
        *TIME_COLUMNS,
    )


def trend_table(now: FunnelResult | None) -> Table:
    """One row a day of entry; ``TREND_COLUMNS``."""
    if now is None or now.trend is None:
        return _nothing(TREND_COLUMNS)
    return Table.make(now.trend.rename(columns={"period": "day"}), *TREND_COLUMNS)


def stage_table(now: pd.DataFrame | None, before: pd.DataFrame | None) -> Table:
    """One row a stage of the back-office chain; ``STAGE_COLUMNS``.

    Parameters
    ----------
    now, before : answers of ``ecom.queries.stages.stage_counts``.
    """
    if now is None or now.empty:
        return _nothing(STAGE_COLUMNS)
    share = now["people"] / now["visitors"].replace(0.0, math.nan)
    frame = pd.DataFrame(
        {
            "stage": words(STAGE_LABELS[name] for name in now.index).set_axis(now.index),
            "people": now["people"],
            "from_first": share,
            # A ratio of shares, so that rows that don't tell a stage distort neither side.
            "from_previous": share / share.shift(1).replace(0.0, math.nan),
            "base_people": math.nan,
            "base_from_first": math.nan,
        }
    )
    if before is not None and not before.empty:
        frame["base_people"] = before["people"].reindex(now.index)
        frame["base_from_first"] = (
            before["people"] / before["visitors"].replace(0.0, math.nan)
        ).reindex(now.index)
    frame["change"] = (frame["from_first"] - frame["base_from_first"]) * 100
    return Table.make(frame, *STAGE_COLUMNS)


def _tests(query: FunnelQuery, now: list[int], before: list[int]) -> list[ShareTest | None]:
    later = [
        compare_shares(now[step], now[place], before[step], before[place])
        for step, place in ((step, query.before(step)) for step in range(1, len(now)))
    ]
    return [None, *later]


def people_by_value(breakdown: pd.DataFrame, events: Sequence[str]) -> pd.DataFrame:
    """People at each step: one row a value, most entries first; columns ``events``."""
    wide = breakdown.pivot(index="value", columns="step", values="people")
    wide = wide.reindex(breakdown["value"].unique())
    return wide.set_axis(list(events), axis="columns")


def folded(wide: pd.DataFrame, kept: pd.Index) -> pd.DataFrame:
    """Add up what is not kept as Other; everyone is in one row, so people may be added."""
    return wide.groupby([value if value in kept else OTHER for value in wide.index]).sum()


def _conversion(wide: pd.DataFrame, place: int) -> pd.Series:
    """The last step's share of an earlier one."""
    return wide.iloc[:, -1] / wide.iloc[:, place].replace(0, math.nan)


def _nothing(columns: tuple[Column, ...]) -> Table:
    return Table.make(pd.DataFrame(columns=[column.key for column in columns]), *columns)
