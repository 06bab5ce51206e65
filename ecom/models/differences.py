"""Two counts of the same thing, day by day: do they agree, and if not, what the difference is.

``reported`` is what an export says, ``counted`` what we add up ourselves, ``alternatives`` what we
would have added up under another reading (another day cut, after refunds, with postage ...). An
alternative explains a difference when it takes most of it away on the days themselves: sums alone
agree by chance too easily.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

EXPLAINS = 0.8  # of the difference, taken away by one reason
SAME_AMOUNT = 0.02  # so near to the difference an amount is taken to be it
STEADY = 0.15  # spread of the daily ratio, below which it is the same share every day
FEWEST_DAYS = 5  # below it nothing is said about a pattern


class Verdict(StrEnum):
    """How two counts stand to each other."""

    AGREES = "agrees"
    EXPECTED = "expected"
    DIFFERS = "differs"
    INFORMATION = "information"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far ``reported`` may lie from ``counted``, as shares of ``counted``.

    Attributes
    ----------
    agrees : so near is the same.
    low, high : from -low to +high is what people in the trade expect.
    """

    agrees: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A difference in numbers.

    Attributes
    ----------
    reported, counted : sums over the days.
    by_day : sum of the days' absolute differences, over ``counted``; what cancels out over the
        days is in here, too. None where nothing was counted.
    """

    reported: float
    counted: float
    by_day: float | None

    @property
    def difference(self) -> float:
        """Reported less counted."""
        return self.reported - self.counted

    @property
    def relative(self) -> float | None:
        """The difference as a share of what was counted; None where that is nothing."""
        return self.difference / abs(self.counted) if self.counted else None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a difference is.

    Attributes
    ----------
    reason : name of an alternative or an amount, or one of ``last_day``, ``blank_days``,
        ``few_days``, ``steady``.
    share : how much of the daily difference it takes away or covers, 0..1; for ``steady`` the
        ratio of reported to counted.
    """

    reason: str
    share: float


def gap(reported: Numbers, counted: Numbers) -> Gap:
    """Sum both sides; arrays of the same days."""
    total = float(counted.sum())
    apart = float(np.abs(reported - counted).sum())
    return Gap(float(reported.sum()), total, apart / abs(total) if total else None)


def judge(found: Gap, tolerance: Tolerance) -> Verdict:
    """Hold a difference against what is tolerated.

    Sums that agree while the days do not are no agreement: what cancels out has to be small, too.
    """
    relative, by_day = found.relative, found.by_day
    if relative is None or by_day is None:
        return Verdict.AGREES if found.reported == 0 else Verdict.DIFFERS
    cancels = by_day - abs(relative)
    widest = max(tolerance.low, tolerance.high)
    if abs(relative) <= tolerance.agrees and cancels <= max(2 * tolerance.agrees, widest / 2):
        return Verdict.AGREES
    if -tolerance.low <= relative <= tolerance.high and cancels <= widest:
        return Verdict.EXPECTED
    return Verdict.DIFFERS


def lagged(counted: Numbers, days: int) -> Numbers:
    """What was counted ``days`` earlier (later where negative); NaN where that is unknown."""
    moved = np.full(len(counted), np.nan)
    if abs(days) < len(counted):
        if days > 0:
            moved[days:] = counted[:-days]
        else:
            moved[:days] = counted[-days:]
    return moved


def best_alternative(
    reported: Numbers, counted: Numbers, alternatives: Mapping[str, Numbers]
) -> Explanation | None:
    """The reading under which most of the difference goes away; None when none takes enough.

    Parameters
    ----------
    alternatives : name -> what would have been counted, for the same days; NaN where unknown.
    """
    best: Explanation | None = None
    for name, alternative in alternatives.items():
        known = np.isfinite(alternative)
        if not known.any():
            continue
        before = np.abs(reported - counted)[known].sum()
        after = np.abs(reported - alternative)[known].sum()
        share = 1 - after / before if before > 0 else 0.0
        if share >= EXPLAINS and (best is None or share > best.share):
            best = Explanation(name, float(share))
    return best


def same_amount(difference: float, amounts: Mapping[str, float]) -> Explanation | None:
    """The amount that is as large as the difference, whatever the days say; None without one."""
    if not difference:
        return None
    offs = {
        name: abs(abs(amount) - abs(difference)) / abs(difference)
        for name, amount in amounts.items()
        if amount
    }
    nearest = min(offs, key=lambda name: offs[name], default=None)
    if nearest is None or offs[nearest] > SAME_AMOUNT:
        return None
    return Explanation(nearest, 1 - offs[nearest])


def pattern(reported: Numbers, counted: Numbers) -> Explanation | None:
    """Where it lies: on the last day, on days one side lacks, on one day in twenty, on all."""
    if len(reported) < FEWEST_DAYS:
        return None
    apart = np.abs(reported - counted)
    total = apart.sum()
    if not total:
        return None
    if apart[-1] >= EXPLAINS * total:
        return Explanation("last_day", float(apart[-1] / total))
    blank = float(apart[(reported == 0) != (counted == 0)].sum() / total)
    if blank >= EXPLAINS:
        return Explanation("blank_days", blank)
    few = max(1, len(apart) // 20)
    largest = float(np.sort(apart)[-few:].sum() / total)
    if largest >= EXPLAINS:
        return Explanation("few_days", largest)
    ratio = reported[counted > 0] / counted[counted > 0]
    if len(ratio) < FEWEST_DAYS:
        return None
    middle = float(np.median(ratio))
    spread = float(np.median(np.abs(ratio - middle)))
    is_steady = middle > 0 and spread <= STEADY * middle and abs(middle - 1) > SAME_AMOUNT
    return Explanation("steady", middle) if is_steady else None


def explain(
    reported: Numbers,
    counted: Numbers,
    *,
    alternatives: Mapping[str, Numbers],
    amounts: Mapping[str, float],
) -> tuple[Explanation, ...]:
    """Everything that can be told about a difference, the surest first.

    A day's shift is tried beside the ``alternatives``. The pattern of the days is only told when
    nothing accounts for the amount.
    """
    tried = {
        **alternatives,
        "day_before": lagged(counted, 1),
        "day_after": lagged(counted, -1),
    }
    found = best_alternative(reported, counted, tried)
    if found is None:
        found = same_amount(float((reported - counted).sum()), amounts)
    if found is not None:
        return (found,)
    shape = pattern(reported, counted)
    return () if shape is None else (shape,)
