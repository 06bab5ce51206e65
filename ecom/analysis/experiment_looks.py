"""The always-valid view of an experiment: what could have been said at the end of each day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate

import pandas as pd

from ecom.analysis.base import Table
from ecom.analysis.experiment_arms import Arm
from ecom.analysis.experiment_tables import DailyLook, look_table
from ecom.models.experiments.always_valid import Look, look
from ecom.models.experiments.shares import share_effect
from ecom.models.proportions import SIGNIFICANCE

LIKELY_LIFT = 0.1  # relative size of the effects thought likely; any other is as valid


def looks_by_day(arms: Sequence[Arm], days: pd.DataFrame) -> dict[str, list[DailyLook]]:
    """Look at each variant at the end of every day on which something can be said.

    Parameters
    ----------
    arms : the control first.
    days : rows of ``AssignedFacts.days`` of the experiment.
    """
    sums = days.pivot_table(
        index="day", columns="variant", values=["visitors", "buyers"], aggfunc="sum", fill_value=0
    ).cumsum()
    dates = [day.date() for day in pd.DatetimeIndex(sums.index)]
    counts = {
        arm.variant: list(
            zip(sums["buyers", arm.variant], sums["visitors", arm.variant], strict=True)
        )
        for arm in arms
    }
    base = counts[arms[0].variant]
    return {arm.variant: list(_looks(arms, dates, counts[arm.variant], base)) for arm in arms[1:]}


def look_once(arms: Sequence[Arm]) -> dict[str, list[DailyLook]]:
    """Look at each variant once, where only sums are known."""
    base = [(arms[0].buyers, arms[0].visitors)]
    return {
        arm.variant: list(_looks(arms, [None], [(arm.buyers, arm.visitors)], base))
        for arm in arms[1:]
    }


def latest(looks: Sequence[DailyLook]) -> Look | None:
    """The last interval, with the smallest p so far; None before anything can be said."""
    return looks[-1].look if looks else None


def table_of(looks: Mapping[str, Sequence[DailyLook]]) -> Table:
    """One row a variant and day; a single look has no day and is left out."""
    return look_table(
        (variant, one) for variant, daily in looks.items() for one in daily if one.day is not None
    )


def _looks(
    arms: Sequence[Arm],
    days: Sequence[date | None],
    counts: Sequence[tuple[int, int]],
    base_counts: Sequence[tuple[int, int]],
) -> Iterator[DailyLook]:
    """Looks at (buyers, visitors) so far; each p is the smallest up to then."""
    found = []
    for day, (buyers, visitors), (base_buyers, base_visitors) in zip(
        days, counts, base_counts, strict=True
    ):
        if not (visitors and base_visitors):
            continue
        effect = share_effect(int(buyers), int(visitors), int(base_buyers), int(base_visitors))
        if effect.p is None or not effect.standard_error or not arms[0].buyers:
            continue
        seen = look(
            effect.difference,
            effect.standard_error,
            # Fixed by the control alone, not by the difference seen.
            scale=LIKELY_LIFT * arms[0].buyers / arms[0].visitors,
            significance=SIGNIFICANCE / (len(arms) - 1),
        )
        found.append(DailyLook(day, int(visitors + base_visitors), effect.difference, seen))
    for one, p in zip(found, accumulate((one.look.p for one in found), min), strict=True):
        yield DailyLook(one.day, one.visitors, one.difference, Look(p, one.look.interval))
