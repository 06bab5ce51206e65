"""The tables of experiments: variants, looks by day, guardrails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.model import Amount, Good, Unit
from ecom.models.experiments.always_valid import Look
from ecom.models.experiments.decide import Decision, Judgement
from ecom.models.experiments.effect import Effect, Interval
from ecom.models.experiments.guardrails import Guarded
from ecom.text import Text, message

DECISIONS: dict[Decision, Text] = {
    Decision.SHIP: message("Ship"),
    Decision.KEEP_CONTROL: message("Keep the control"),
    Decision.RUN_ON: message("Run on"),
    Decision.BROKEN_SPLIT: message("Broken split"),
}
GUARDED: dict[Guarded, Text] = {
    Guarded.HELD: message("Held"),
    Guarded.BROKEN: message("Broken"),
    Guarded.UNCLEAR: message("Unclear"),
}
_DIFFERENCE = message("Share of visitors who buy, less the control’s.")
_AT_ANY_TIME = message("Holds however often you look (mSPRT); wider than the ordinary interval.")

VARIANT_COLUMNS = (
    Column("variant", message("Variant shown")),
    Column("visitors", message("Visitors"), Unit.COUNT),
    Column("buyers", message("Visitors who bought"), Unit.COUNT),
    Column("conversion", message("Conversion"), Unit.RATIO, Good.UP),
    Column("lift", message("Against the control"), Unit.RATIO, Good.UP),
    Column("difference", message("Difference"), Unit.POINTS, Good.UP, _DIFFERENCE),
    Column("low", message("at least"), Unit.POINTS, help=message(
        "Newcombe’s interval at 95 %, divided among the variants compared.")),
    Column("high", message("at most"), Unit.POINTS),
    Column("p", message("p-value"), Unit.CHANCE, help=message(
        "Two-proportion z-test with pooled variance, corrected for several variants (Holm).")),
    Column("early_low", message("at least, at any look"), Unit.POINTS, help=_AT_ANY_TIME),
    Column("early_high", message("at most, at any look"), Unit.POINTS, help=_AT_ANY_TIME),
    Column("early_p", message("p-value at any look"), Unit.CHANCE, help=_AT_ANY_TIME),
    Column("revenue", message("Revenue per visitor"), Unit.MONEY, Good.UP, message(
        "Adjusted by what the visitors had paid before the experiment (CUPED), where known.")),
    Column("revenue_lift", message("Revenue against the control"), Unit.RATIO, Good.UP),
    Column("revenue_low", message("revenue, at least"), Unit.RATIO),
    Column("revenue_high", message("revenue, at most"), Unit.RATIO),
    Column("revenue_p", message("p-value of revenue"), Unit.CHANCE, help=message(
        "Welch’s t-test, corrected for several variants (Holm).")),
    Column("decision", message("Verdict")),
)  # fmt: skip
LOOK_COLUMNS = (
    Column("day", message("Day")),
    Column("variant", message("Variant shown")),
    Column("visitors", message("Visitors so far"), Unit.COUNT),
    Column("difference", message("Difference so far"), Unit.POINTS, Good.UP, _DIFFERENCE),
    Column("low", message("at least"), Unit.POINTS, help=_AT_ANY_TIME),
    Column("high", message("at most"), Unit.POINTS, help=_AT_ANY_TIME),
    Column("p", message("Smallest p-value so far"), Unit.CHANCE, help=_AT_ANY_TIME),
)
GUARDRAIL_COLUMNS = (
    Column("variant", message("Variant shown")),
    Column("guardrail", message("Guardrail")),
    Column("base", message("Control")),
    Column("value", message("Value")),
    Column("low", message("Change, at least"), Unit.RATIO),
    Column("high", message("Change, at most"), Unit.RATIO),
    Column("tolerance", message("Harm put up with"), Unit.RATIO),
    Column("state", message("State"), help=message(
        "Held: all of the interval is better than the harm put up with. Broken: all is worse.")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A metric that must not be harmed.

    Attributes
    ----------
    good : "up" or "down".
    tolerance : largest relative harm put up with.
    """

    name: Text
    good: str
    tolerance: float
    unit: Unit


GUARDRAILS: dict[str, Guardrail] = {
    "refunds": Guardrail(message("Buyers with a refund"), "down", 0.1, Unit.RATIO),
    "order_value": Guardrail(message("Revenue per buyer"), "up", 0.05, Unit.MONEY),
    "bounce": Guardrail(message("Visitors who left after one page"), "down", 0.05, Unit.RATIO),
}


@dataclass(frozen=True, slots=True)
class Guard:
    """How one guardrail stands for one variant; ``key`` is one of ``GUARDRAILS``."""

    key: str
    effect: Effect
    state: Guarded


@dataclass(frozen=True, slots=True)
class DailyLook:
    """What could be said of a variant at the end of a day.

    Attributes
    ----------
    day : None for sums without days.
    visitors : of both sides, so far.
    """

    day: date | None
    visitors: int
    difference: float
    look: Look


@dataclass(frozen=True, slots=True)
class Compared:
    """A variant against the control.

    Attributes
    ----------
    conversion, revenue : of each visitor; revenue None where nobody knows its spread.
    p, revenue_p, early_p : corrected for the number of variants.
    look : the latest; None before both sides have buyers.
    """

    variant: str
    visitors: int
    buyers: int
    conversion: Effect
    revenue: Effect | None
    look: Look | None
    p: float | None
    early_p: float | None
    revenue_p: float | None
    guards: tuple[Guard, ...]
    judgement: Judgement


def variant_table(
    control: str, visitors: int, buyers: int, revenue: float | None, compared: Sequence[Compared]
) -> Table:
    """One row a variant, the control first."""
    first = {
        "variant": control,
        "visitors": visitors,
        "buyers": buyers,
        "conversion": buyers / visitors,
        "revenue": revenue,
    }
    rows = [first, *map(_row, compared)]
    frame = pd.DataFrame(rows, columns=[column.key for column in VARIANT_COLUMNS])
    numbers = [column.key for column in VARIANT_COLUMNS if column.unit is not None]
    frame = frame.astype(dict.fromkeys(numbers, "float64"))
    decisions: list[Text | str] = ["", *(DECISIONS[one.judgement.decision] for one in compared)]
    return Table.make(frame.assign(decision=words(decisions)), *VARIANT_COLUMNS)


def guardrail_table(compared: Sequence[Compared], *, currency: str) -> Table:
    """One row a variant and guardrail; ``currency`` is that of amounts."""
    guards = [(one.variant, guard) for one in compared for guard in one.guards]

    def written(value: float, guard: Guard) -> Amount:
        return Amount(value, GUARDRAILS[guard.key].unit, currency)

    frame = pd.DataFrame(
        {
            "variant": [variant for variant, _ in guards],
            "guardrail": words(GUARDRAILS[guard.key].name for _, guard in guards),
            "base": words(written(guard.effect.base, guard) for _, guard in guards),
            "value": words(written(guard.effect.value, guard) for _, guard in guards),
            "low": [_low(guard.effect.lift_interval) for _, guard in guards],
            "high": [_high(guard.effect.lift_interval) for _, guard in guards],
            "tolerance": [GUARDRAILS[guard.key].tolerance for _, guard in guards],
            "state": words(GUARDED[guard.state] for _, guard in guards),
        }
    )
    floats = dict.fromkeys(("low", "high", "tolerance"), "float64")
    return Table.make(frame.astype(floats), *GUARDRAIL_COLUMNS)


def look_table(looks: Iterable[tuple[str, DailyLook]]) -> Table:
    """One row a variant and day."""
    rows = [
        (
            one.day, variant, one.visitors, one.difference, one.look.interval.low,
            one.look.interval.high, one.look.p,
        )
        for variant, one in looks
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[column.key for column in LOOK_COLUMNS])
    floats = dict.fromkeys(("visitors", "difference", "low", "high", "p"), "float64")
    return Table.make(frame.astype(floats), *LOOK_COLUMNS)


def _row(one: Compared) -> dict[str, object]:
    early = None if one.look is None else one.look.interval
    row = {
        "variant": one.variant,
        "visitors": one.visitors,
        "buyers": one.buyers,
        "conversion": one.conversion.value,
        "lift": one.conversion.lift,
        "difference": one.conversion.difference,
        "low": _low(one.conversion.interval),
        "high": _high(one.conversion.interval),
        "p": one.p,
        "early_low": _low(early),
        "early_high": _high(early),
        "early_p": one.early_p,
        "revenue_p": one.revenue_p,
    }
    if one.revenue is not None:
        row |= {
            "revenue": one.revenue.value,
            "revenue_lift": one.revenue.lift,
            "revenue_low": _low(one.revenue.lift_interval),
            "revenue_high": _high(one.revenue.lift_interval),
        }
    return row


def _low(interval: Interval | None) -> float | None:
    return None if interval is None else interval.low


def _high(interval: Interval | None) -> float | None:
    return None if interval is None else interval.high
