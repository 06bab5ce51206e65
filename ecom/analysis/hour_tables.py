"""What visits of some hours of the week bring, against those of the other hours."""

from __future__ import annotations

import math

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.analysis.funnel_tables import VERDICTS
from ecom.analysis.hour_week import SUMS
from ecom.analysis.hour_words import HOURS
from ecom.metrics import metric
from ecom.model import Amount, Good, Unit
from ecom.models.experiments.effect import Effect
from ecom.models.experiments.means import Moments, mean_effect
from ecom.models.experiments.shares import share_effect
from ecom.models.proportions import SIGNIFICANCE, Verdict, compare_shares, share_interval
from ecom.text import Text, message

HOUR_COLUMNS = (
    Column("hour", message("Hour")),
    Column.of("sessions"),
    Column.of("visits_a_day"),
    Column("share", message("Share"), Unit.RATIO, help=message("Of the visits of these days.")),
    Column.of("visit_conversion"),
    Column("low", message("At least"), Unit.RATIO, help=message("95 % interval (Wilson).")),
    Column("high", message("At most"), Unit.RATIO, help=message("95 % interval (Wilson).")),
    Column.of("revenue_per_visit"),
    Column(
        "verdict",
        message("More than chance?"),
        help=message(
            "Two-proportion test of the share that bought, against the other hours of these days, "
            "at 5 % divided among the hours."
        ),
    ),
)
_OF_CHANGE = message("95 % interval of the difference.")
COMPARED_COLUMNS = (
    Column("measure", message("Measure")),
    Column("here", message("These hours")),
    Column("others", message("Other hours")),
    Column("change", message("Difference"), Unit.RATIO, Good.UP,
           message("These hours ÷ the other hours, less 1.")),
    Column("low", message("At least"), Unit.RATIO, help=_OF_CHANGE),
    Column("high", message("At most"), Unit.RATIO, help=_OF_CHANGE),
    Column("verdict", message("More than chance?"), help=message(
        "Two-proportion test of the share that bought, Welch’s test of revenue, each at 5 %.")),
)  # fmt: skip


def hours_table(grid: pd.DataFrame) -> Table:
    """A row an hour of the day.

    Parameters
    ----------
    grid : rows of ``hour_sums``, of one weekday or of all.
    """
    days = grid["day"].nunique()
    wide = grid.groupby("hour")[SUMS].sum(min_count=1).reindex(range(24))
    wide["sessions"] = wide["sessions"].fillna(0.0)
    visits, bought = wide["sessions"], wide["buying_sessions"].fillna(0.0)
    is_told = bool(grid["buying_sessions"].notna().any())
    bounds = [
        share_interval(part, whole) if is_told and whole else (math.nan, math.nan)
        for part, whole in zip(bought, visits, strict=True)
    ]
    some = visits.where(visits > 0)
    return Table.make(
        wide.assign(
            hour=words(HOURS),
            visits_a_day=visits / max(days, 1),
            share=visits / max(visits.sum(), 1.0),
            visit_conversion=wide["buying_sessions"] / some,
            low=[low for low, _ in bounds],
            high=[high for _, high in bounds],
            revenue_per_visit=wide["visit_revenue"] / some,
            verdict=words(_against_other_hours(visits, bought, is_told=is_told)),
        ),
        *HOUR_COLUMNS,
    )


def compared_table(inside: pd.DataFrame, outside: pd.DataFrame, *, currency: str) -> Table:
    """What a visit of some hours brings, against those of the others: share that buys, revenue.

    Empty where either side has no visit, or no log tells of purchases.

    Parameters
    ----------
    inside, outside : rows of ``hour_sums``.
    """
    here, others = (rows[SUMS].sum(min_count=1) for rows in (inside, outside))
    if pd.isna(here["buying_sessions"]) or pd.isna(others["buying_sessions"]):
        return Table.without_rows(*COMPARED_COLUMNS)
    counts = [
        int(side[name]) for side in (here, others) for name in ("buying_sessions", "sessions")
    ]
    buying = share_effect(*counts)
    money = mean_effect(
        *(
            Moments(int(side["sessions"]), side["visit_revenue"], side["revenue_squares"])
            for side in (here, others)
        )
    )
    told = compare_shares(*counts).verdict
    # A mean over few buyers is anybody's guess, however many visits bought nothing.
    of_money = told if told is Verdict.TOO_FEW else _verdict(money)
    rows = [
        _row("visit_conversion", buying, told, currency),
        _row("revenue_per_visit", money, of_money, currency),
    ]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(("change", "low", "high"), "float64"))
    return Table.make(frame, *COMPARED_COLUMNS)


def _row(key: str, effect: Effect, verdict: Verdict, currency: str) -> dict[str, object]:
    entry = metric(key)
    interval = None if verdict is Verdict.TOO_FEW else effect.lift_interval
    return {
        "measure": entry.label,
        "here": Amount(effect.value, entry.unit, currency),
        "others": Amount(effect.base, entry.unit, currency),
        "change": effect.lift,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
        "verdict": VERDICTS[verdict],
    }


def _verdict(effect: Effect) -> Verdict:
    if effect.p is None:
        return Verdict.TOO_FEW
    if effect.p >= SIGNIFICANCE:
        return Verdict.NO_DIFFERENCE
    return Verdict.HIGHER if effect.difference > 0 else Verdict.LOWER


def _against_other_hours(visits: pd.Series, bought: pd.Series, *, is_told: bool) -> list[Text]:
    people, buyers = int(visits.sum()), int(bought.sum())
    return [
        VERDICTS[
            compare_shares(
                int(mine),
                int(whole),
                buyers - int(mine),
                people - int(whole),
                significance=SIGNIFICANCE / len(visits),
            ).verdict
            if is_told
            else Verdict.TOO_FEW
        ]
        for whole, mine in zip(visits, bought, strict=True)
    ]
