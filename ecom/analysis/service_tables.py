"""Tables of customer service: by queue, agent and waiting time, and what fast answers go with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.analysis.funnel_tables import VERDICTS
from ecom.metrics import metric
from ecom.model import Amount, Good, Unit
from ecom.models.proportions import SIGNIFICANCE, share_interval
from ecom.models.strata import StandardisedDifference, standardised_difference
from ecom.text import Text, message

FAST_SECONDS = 60
NEVER = message("Never answered")
BUCKETS: tuple[tuple[float, Text], ...] = (
    (30, message("under 30 s")),
    (60, message("30 s to 1 min")),
    (180, message("1 to 3 min")),
    (600, message("3 to 10 min")),
    (float("inf"), message("10 min or more")),
)
_STRATUM = ["shop_id", "queue", "hour"]
_RATE = (
    Column.of("enquiry_paid_rate"),
    Column("low", message("At least"), Unit.RATIO, help=message("95 % interval (Wilson).")),
    Column("high", message("At most"), Unit.RATIO, help=message("95 % interval (Wilson).")),
)
_WORK = (
    Column.of("enquiries"),
    Column.of("answered_share"),
    Column.of("first_response_median"),
    Column.of("first_response_p90"),
    *_RATE,
)
_AGAINST_BEFORE = (
    Column("rate_before", message("Paid rate before"), Unit.RATIO),
    Column("change", message("Change (pp)"), Unit.NUMBER, Good.UP),
    Column.of("paid_per_enquiry"),
)
_AGAINST_OTHERS = (
    Column(
        "difference",
        message("Against like enquiries (pp)"),
        Unit.NUMBER,
        Good.UP,
        help=message(
            "Paid rate less that of other agents in the same queue and hour of the day "
            "(Mantel-Haenszel)."
        ),
    ),
    Column(
        "verdict",
        message("Real difference?"),
        help=message("At 5 % over all agents together (Bonferroni)."),
    ),
)
QUEUE_COLUMNS = (Column("queue", message("Service queue")), *_WORK, *_AGAINST_BEFORE)
AGENT_COLUMNS = (Column("agent", message("Agent")), *_WORK, *_AGAINST_OTHERS, *_AGAINST_BEFORE)
_SHOWN = (
    "enquiries",
    "answered_share",
    "first_response_median",
    "first_response_p90",
    "enquiry_paid_rate",
    "paid_per_enquiry",
)


def measures(rows: pd.DataFrame) -> dict[str, float | None]:
    """Measures of ``ecom.metrics.service`` over rows of ``queries.service.enquiries``."""
    waits = rows["wait"].dropna()
    told = rows["amount"].dropna()
    return {
        "enquiries": float(len(rows)),
        "answered_enquiries": float(len(waits)),
        "first_response_median": float(waits.median()) if len(waits) else None,
        "first_response_p90": float(waits.quantile(0.9)) if len(waits) else None,
        "paid_enquiries": float(rows["paid"].sum()),
        "enquiry_amount": float(told.sum()),
        "enquiries_with_amount": float(len(told)),
    }


def work_table(rows: pd.DataFrame, before: pd.DataFrame | None, *, by: str) -> Table:
    """One row a queue or agent, most enquiries first; those that name none are left out.

    Parameters
    ----------
    before : the enquiries of the comparison.
    by : "queue" or "agent".
    """
    columns = QUEUE_COLUMNS if by == "queue" else AGENT_COLUMNS
    earlier = (
        {}
        if before is None
        else {name: metric("enquiry_paid_rate").value(measures(mine))
              for name, mine in before.groupby(by)}
    )  # fmt: skip
    names = sorted(set(rows[by]) - {""})
    made = []
    for name in names:
        mine = rows[rows[by] == name]
        row = {by: name, **_worked(mine), "rate_before": earlier.get(name)}
        if by == "agent":
            judged = against_others(rows, name, significance=SIGNIFICANCE / len(names))
            row["difference"] = None if judged.value is None else judged.value * 100
            row["verdict"] = VERDICTS[judged.verdict]
        made.append(row)
    keys = [column.key for column in columns]
    frame = pd.DataFrame(made, columns=keys)
    numbers = [column.key for column in columns if column.unit is not None]
    frame = frame.astype(dict.fromkeys(numbers, "float64"))
    frame["change"] = (frame["enquiry_paid_rate"] - frame["rate_before"]) * 100
    return Table.make(frame.sort_values(["enquiries", by], ascending=[False, True]), *columns)


def _worked(rows: pd.DataFrame) -> dict[str, float | Text | str | None]:
    told = measures(rows)
    low, high = share_interval(float(rows["paid"].sum()), len(rows))
    return {**{key: metric(key).value(told) for key in _SHOWN}, "low": low, "high": high}


def against_others(
    rows: pd.DataFrame, agent: str, *, significance: float = SIGNIFICANCE
) -> StandardisedDifference:
    """An agent's paid rate less that of other named agents in the same shop, queue and hour."""
    named = rows[rows["agent"] != ""]
    return _compared(named, named["agent"] == agent, significance=significance)


def _compared(
    rows: pd.DataFrame, mine: pd.Series, *, significance: float = SIGNIFICANCE
) -> StandardisedDifference:
    """Those marked against the others, within each shop, queue and hour of the day."""
    sides = rows.assign(
        people=mine.astype("int64"),
        successes=(mine & rows["paid"]).astype("int64"),
        base_people=(~mine).astype("int64"),
        base_successes=(~mine & rows["paid"]).astype("int64"),
    )
    counts = ["successes", "people", "base_successes", "base_people"]
    strata = sides.groupby(_STRATUM)[counts].sum()
    return standardised_difference(
        *(strata[name].to_numpy() for name in counts), significance=significance
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """What answering within ``FAST_SECONDS`` goes along with.

    Attributes
    ----------
    fast_rate, slow_rate : plain paid rates of those answered in time and of all others.
    difference : the rates held against each other within shop, queue and hour.
    slow : enquiries that could be compared and were not answered in time.
    paid_amount : mean of a paid enquiry, in the report's currency; None where not told.
    """

    fast_rate: float | None
    slow_rate: float | None
    difference: StandardisedDifference
    paid_amount: float | None

    @property
    def slow(self) -> int:
        """Slow enquiries with fast ones of the same queue and hour."""
        return self.difference.base_people

    def more_paid(self) -> tuple[float, float, float] | None:
        """Expected paid enquiries more, lowest and highest; None with too few people."""
        told = self.difference
        if told.value is None or told.low is None or told.high is None:
            return None
        return (told.value * self.slow, told.low * self.slow, told.high * self.slow)


def effect_of(rows: pd.DataFrame) -> Effect:
    """Hold enquiries answered in time against all others, unanswered ones among them."""
    fast = rows["wait"] < FAST_SECONDS
    paid = rows[rows["paid"] & rows["amount"].notna()]
    return Effect(
        fast_rate=_rate(rows[fast]),
        slow_rate=_rate(rows[~fast]),
        difference=_compared(rows, fast),
        paid_amount=float(paid["amount"].mean()) if len(paid) else None,
    )


def _rate(rows: pd.DataFrame) -> float | None:
    return float(rows["paid"].mean()) if len(rows) else None


def buckets_table(rows: pd.DataFrame) -> Table:
    """Paid rate by how long people waited; unanswered ones last."""
    edges = [-np.inf, *(limit for limit, _ in BUCKETS)]
    place = pd.cut(rows["wait"], edges, right=False, labels=False).fillna(len(BUCKETS))
    labels = [*(label for _, label in BUCKETS), NEVER]
    made = []
    for number, label in enumerate(labels):
        mine = rows[place == number]
        count, paid = len(mine), int(mine["paid"].sum())
        low, high = share_interval(paid, count) if count else (np.nan, np.nan)
        share = count / len(rows) if len(rows) else np.nan
        made.append((label, count, share, paid, paid / count if count else np.nan, low, high))
    frame = pd.DataFrame(
        made, columns=["wait", "enquiries", "share", "paid", "enquiry_paid_rate", "low", "high"]
    )
    return Table.make(
        frame.assign(wait=words(labels)),
        Column("wait", message("First response")),
        Column.of("enquiries"),
        Column("share", message("Share"), Unit.RATIO, help=message("Of all enquiries.")),
        Column("paid", message("Paid"), Unit.COUNT),
        *_RATE,
    )


def effect_table(effect: Effect, currency: str) -> Table:
    """The effect in three lines, each with its 95 % interval; empty with too few people."""
    more = effect.more_paid()
    told = effect.difference
    lines: list[tuple[Text, list[Amount | str]]] = []
    if more is not None and told.value is not None:
        points = [100 * one for one in (told.value, told.low, told.high) if one is not None]
        lines.append(
            (
                message("Difference in paid rate, same queue and hour (pp)"),
                [Amount(one, Unit.NUMBER) for one in points],
            )
        )
        lines.append((message("Paid enquiries more"), [Amount(round(one)) for one in more]))
        if effect.paid_amount is not None:
            mean = effect.paid_amount
            worth: list[Amount | str] = [Amount(one * mean, Unit.MONEY, currency) for one in more]
            lines.append((message("Revenue more"), worth))
    return Table.make(
        pd.DataFrame(
            {
                "what": words(what for what, _ in lines),
                **{
                    key: words(values[place] for _, values in lines)
                    for place, key in enumerate(("value", "low", "high"))
                },
            }
        ),
        Column("what", message("If all were answered within a minute")),
        Column("value", message("Expected value")),
        Column("low", message("At least")),
        Column("high", message("At most")),
    )
