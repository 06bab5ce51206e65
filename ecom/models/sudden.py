"""When a group of people began to go on less than it did, while the others did not.

Each group is held against its own past and against the others on the same days. The days are those
between the last low and the highest point of a cumulative sum of missing people (Page 1954,
Biometrika 41: 100-115); the test is a difference in differences of log odds over these days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import norm

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SIGNIFICANCE = 0.05
"""The chance of any false alarm in everything looked at together (Bonferroni)."""

LEAST_DROP = 0.2
"""A smaller drop, as a share of what was expected, is not told of."""

LEAST_PEOPLE = 30
"""At a step, in the group on these days and among the others on them."""

_SLACK = LEAST_DROP / 2  # a cumulative sum finds drops of twice its slack soonest
_SHRINK = 100.0  # people of the others that their overall rate counts as
_NEAR_DAYS = 3  # on each side, that the others' rate of a day is taken from
_ROUNDS = 3


@dataclass(frozen=True, eq=False, slots=True)
class Sudden:
    """For each group the days on which it went on less by most; one element a group.

    Attributes
    ----------
    start, end : positions of the first and last day.
    people, went_on : of the group on these days.
    expected : the rate by its other days, moved as the others' moved.
    drop, spread : difference in differences of log odds, and its standard error.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    people: Floats
    went_on: Floats
    expected: Floats
    drop: Floats
    spread: Floats

    @property
    def evidence(self) -> Floats:
        """How many standard errors the drop is; minus infinity where it is not to be told of."""
        rate = self.went_on / np.maximum(self.people, 1)
        told = rate <= self.expected * (1 - LEAST_DROP)
        told &= self.people >= LEAST_PEOPLE
        return np.where(told & np.isfinite(self.drop), self.drop / self.spread, -np.inf)

    def lost(self, group: int, sigmas: float = 0.0) -> float:
        """People who would have gone on besides, with the drop that many standard errors off."""
        drop = np.maximum(self.drop + sigmas * self.spread, 0)
        wanted = self.people * expit(_odds(self.went_on, self.people) + drop)
        return float((wanted - self.went_on)[group])


def sudden(people: Floats, went_on: Floats, *, first: int) -> Sudden:
    """Find for each group the days on which most people are missing.

    Parameters
    ----------
    people, went_on : shape (groups, days): who was at a step, and who of them made the next.
        Together the groups are everybody.
    first : position of the first day that may belong to an answer; those before teach what is
        usual, and so do the others after.
    """
    usual = _usual(people.sum(axis=0) - people, went_on.sum(axis=0) - went_on)
    days = people.shape[1]
    inside = np.zeros(people.shape, dtype=bool)
    for _ in range(_ROUNDS):
        known = np.where(inside, 0.0, people * usual).sum(axis=1, keepdims=True)
        rate = np.where(inside, 0.0, went_on).sum(axis=1, keepdims=True) / np.maximum(known, 1e-9)
        missing = people * usual * rate * (1 - _SLACK) - went_on
        total = np.cumsum(missing[:, first:], axis=1)
        total = np.concatenate([np.zeros((len(total), 1)), total], axis=1)
        above = total - np.minimum.accumulate(total, axis=1)
        end = above.argmax(axis=1)
        place = np.arange(days - first + 1)
        start = np.where(place <= end[:, None], total, np.inf).argmin(axis=1)
        day = np.arange(days)
        inside = (day >= start[:, None] + first) & (day < end[:, None] + first)
    return _tested(people, went_on, inside, start + first, end + first - 1)


def threshold(tests: int, days: int) -> float:
    """The evidence that a drop needs among so many tests of runs among so many days."""
    return float(norm.isf(SIGNIFICANCE / (max(tests, 1) * max(days * (days + 1) / 2, 1))))


def coverage(found: int, tests: int) -> float:
    """Standard errors of an interval, for so many found of so many tests.

    Of the intervals that are shown 5 % at most miss, in the mean: Benjamini and Yekutieli (2005),
    Journal of the American Statistical Association 100: 71-81.
    """
    return float(norm.isf(SIGNIFICANCE * max(found, 1) / max(tests, 1) / 2))


def _usual(people: Floats, went_on: Floats) -> Floats:
    """The others' rate around each day, as a multiple of their rate over all days."""
    every = went_on.sum(axis=1, keepdims=True) / np.maximum(people.sum(axis=1, keepdims=True), 1)
    near = (_around(went_on) + _SHRINK * every) / (_around(people) + _SHRINK)
    return np.where(every > 0, near / np.maximum(every, 1e-9), 1.0)


def _around(values: Floats) -> Floats:
    """Sums over the days around each day."""
    sums = np.cumsum(np.pad(values, ((0, 0), (_NEAR_DAYS + 1, _NEAR_DAYS))), axis=1)
    return sums[:, 2 * _NEAR_DAYS + 1 :] - sums[:, : -2 * _NEAR_DAYS - 1]


def _tested(
    people: Floats,
    went_on: Floats,
    inside: Flags,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
) -> Sudden:
    others = (people.sum(axis=0) - people, went_on.sum(axis=0) - went_on)
    sums = {
        (who, where): tuple(np.where(days, one, 0.0).sum(axis=1) for one in counts)
        for who, counts in (("own", (people, went_on)), ("rest", others))
        for where, days in (("in", inside), ("out", ~inside))
    }
    odds = {key: _odds(went, count) for key, (count, went) in sums.items()}
    variance = sum(_variance(went, count) for count, went in sums.values())
    moved = odds["rest", "in"] - odds["rest", "out"]
    wanted = odds["own", "out"] + moved
    drop = wanted - odds["own", "in"]
    few = sums["rest", "in"][0] < LEAST_PEOPLE
    few |= (sums["rest", "out"][0] < LEAST_PEOPLE) | (sums["own", "out"][0] < LEAST_PEOPLE)
    return Sudden(
        start=start,
        end=end,
        people=sums["own", "in"][0],
        went_on=sums["own", "in"][1],
        expected=expit(wanted),
        drop=np.where(few, -np.inf, drop),
        spread=np.sqrt(variance * _dispersion(people, went_on, ~inside)),
    )


def _dispersion(people: Floats, went_on: Floats, outside: Flags) -> Floats:
    """How much more the rate of a day varies than chance alone would have it; at least 1."""
    counted = outside & (people > 0)
    total = np.where(counted, people, 0.0).sum(axis=1)
    rate = np.where(counted, went_on, 0.0).sum(axis=1) / np.maximum(total, 1)
    chance = people * (rate * (1 - rate))[:, None]
    off = np.where(counted & (chance > 0), (went_on - people * rate[:, None]) ** 2, 0.0)
    squares = np.divide(off, chance, out=np.zeros_like(off), where=chance > 0).sum(axis=1)
    return np.maximum(squares / np.maximum(counted.sum(axis=1) - 1, 1), 1.0)


def _odds(went_on: Floats, people: Floats) -> Floats:
    """Log odds; half a person on either side keeps them finite (Haldane 1956, Anscombe 1956)."""
    return np.log((went_on + 0.5) / (people - went_on + 0.5))


def _variance(went_on: Floats, people: Floats) -> Floats:
    return 1 / (went_on + 0.5) + 1 / (people - went_on + 0.5)
