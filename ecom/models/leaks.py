"""What a group that goes on less than the rest costs, and whether a mix hides the opposite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecom.models.experiments.effect import Interval
from ecom.models.experiments.shares import newcombe_interval
from ecom.models.proportions import SIGNIFICANCE, Verdict, compare_shares


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
