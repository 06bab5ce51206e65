"""What a group that goes on less than the rest costs, and whether a mix hides the opposite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy.stats import norm

from ecom.models.experiments.effect import Interval
from ecom.models.experiments.shares import newcombe_interval
from ecom.models.proportions import LEAST_PEOPLE, SIGNIFICANCE, Verdict, compare_shares


@dataclass(frozen=True, slots=True)
class Passage:
    """People at a step, and how many of them went on.

    Attributes
    ----------
    people : who reached the step before.
    went_on : of those, who made the step.
    """

    people: int
    went_on: int

    @property
    def rate(self) -> float:
        """Share that went on, 0..1."""
        return self.went_on / self.people

    def less(self, part: Passage) -> Passage:
        """Everybody but those of ``part``."""
        return Passage(self.people - part.people, self.went_on - part.went_on)


def together(groups: Sequence[Passage]) -> Passage:
    """Everybody of groups that do not overlap."""
    return Passage(sum(one.people for one in groups), sum(one.went_on for one in groups))


@dataclass(frozen=True, slots=True)
class Leak:
    """A group held against the rest at one step.

    Attributes
    ----------
    verdict : whether the group's share differs by more than chance.
    lost : people more who would go on at the rest's rate, with the interval; None unless LOWER.
    """

    verdict: Verdict
    lost: float | None = None
    interval: Interval | None = None


def leak(group: Passage, rest: Passage, *, significance: float = SIGNIFICANCE) -> Leak:
    """Count whom a group loses at a step because it goes on less than the rest.

    Parameters
    ----------
    significance : of the test; divide it by the number of tests looked at together. The interval
        is Newcombe's (1998, method 10) of the difference at 95 %, times the group's people.
    """
    test = compare_shares(
        group.went_on, group.people, rest.went_on, rest.people, significance=significance
    )
    if test.verdict is not Verdict.LOWER:
        return Leak(test.verdict)
    apart = newcombe_interval(rest.went_on, rest.people, group.went_on, group.people)
    lost = group.people * (rest.rate - group.rate)
    return Leak(test.verdict, lost, Interval(group.people * apart.low, group.people * apart.high))


def is_reversed(now: Sequence[Passage], base: Sequence[Passage]) -> bool:
    """Whether the whole moved one way and every group the other: Simpson's paradox.

    Simpson (1951), Journal of the Royal Statistical Society B 13: 238-241. The mix of the groups
    has changed, not what they do.

    Parameters
    ----------
    now, base : the same groups in the same order; together they are everybody.
    """
    if len(now) < 2 or any(not one.people for one in (*now, *base)):
        return False
    changes = [one.rate - other.rate for one, other in zip(now, base, strict=True)]
    overall = together(now).rate - together(base).rate
    return overall != 0 and all(change * overall < 0 for change in changes)


def is_turned_within(
    group: Sequence[Passage], rest: Sequence[Passage], *, significance: float = SIGNIFICANCE
) -> bool:
    """Whether a group differs from the rest one way, and within every part the other way.

    Simpson's paradox across two splits: the group's parts are not as large as the rest's. Both the
    difference of the whole and the one within parts (Cochran 1954, Mantel and Haenszel 1959) are
    more than chance.

    Parameters
    ----------
    group, rest : of each part, the group's people and the others'.
    significance : of either test; divide it by the number of tests looked at together.
    """
    parts = [pair for pair in zip(group, rest, strict=True) if pair[0].people and pair[1].people]
    if len(parts) < 2 or any(one.people < LEAST_PEOPLE for pair in parts for one in pair):
        return False
    own, others = (together(side) for side in zip(*parts, strict=True))
    if (own, others) != (together(group), together(rest)):
        return False  # someone of the one has no counterpart among the other
    overall = compare_shares(
        own.went_on, own.people, others.went_on, others.people, significance=significance
    )
    if overall.verdict not in (Verdict.HIGHER, Verdict.LOWER):
        return False
    sign = own.rate - others.rate
    if not all((one.rate - other.rate) * sign < 0 for one, other in parts):
        return False
    return abs(_within(parts)) > float(norm.isf(significance / 2))


def _within(parts: Sequence[tuple[Passage, Passage]]) -> float:
    """The statistic of Cochran, Mantel and Haenszel: standard errors from no difference."""
    apart, variance = 0.0, 0.0
    for one, other in parts:
        people, went_on = one.people + other.people, one.went_on + other.went_on
        apart += one.went_on - one.people * went_on / people
        share = one.people * other.people / people**2
        variance += share * went_on * (people - went_on) / (people - 1)
    return apart / sqrt(variance) if variance else 0.0
