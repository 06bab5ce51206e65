"""Funnel attempts whose steps have windows of their own, counted from the step before.

The earliest event that fits may now be the wrong one: with a payment due within the hour, the cart
that was filled just before it counts, not the first. So steps are looked at from the last to the
first: which instants can meet this step and still be followed, in time, by all that come after.
From those the earliest is always best, since of two ways the one behind can only gain by changing
over to the other where they meet.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ecom.models.attempts import Attempts, Moments
from ecom.models.runs import IntArray, changes


def attempts_in_windows(
    moments: Moments,
    *,
    window: int,
    windows: Sequence[int | None],
    first_only: bool = False,
) -> Attempts:
    """Follow every attempt as far as it goes.

    Parameters
    ----------
    window : microseconds from the first step, the end included.
    windows : by step, the longest time since the step before, the end included; None: any.
    first_only : only the person's first possible start is an attempt.
    """
    start = moments.having(0)
    if first_only:
        start = start[changes(moments.unit[start])]
    level = np.zeros(len(start), dtype=np.int64)
    met = np.full((len(start), moments.steps), -1, dtype=np.int64)
    for steps in range(1, moments.steps + 1):
        way = _ways(moments, steps, windows).follow(start)
        last = way[:, -1]
        there = np.flatnonzero(last >= 0)
        there = there[moments.at[last[there]] - moments.at[start[there]] <= window]
        level[there] = steps
        met[there, :steps] = way[there]
    return Attempts(moments.unit[start], level, met)


class _Ways:
    """By step due: how many steps an instant meets on a way to the end, and the next such instant.

    ``meets`` is 0 where no way leads on.
    """

    def __init__(self, moments: Moments, steps: int) -> None:
        self.meets = np.zeros((steps, len(moments.at)), dtype=np.int64)
        self.following = np.full((steps, len(moments.at)), len(moments.at), dtype=np.int64)

    def add(self, due: int, meets: IntArray) -> None:
        self.meets[due] = meets
        has = meets > 0
        self.following[due] = np.append(np.flatnonzero(has), len(has))[np.cumsum(has)]

    def follow(self, start: IntArray) -> IntArray:
        """The instants that meet the steps, from each start; -1 where no way leads on."""
        steps = len(self.meets)
        met = np.full((len(start), steps), -1, dtype=np.int64)
        here, due = start.copy(), np.zeros(len(start), dtype=np.int64)
        for step in range(steps):
            now = np.flatnonzero(due == step)
            count = self.meets[step, here[now]]
            now, count = now[count > 0], count[count > 0]
            for more in range(int(count.max(initial=0))):
                met[now[count > more], step + more] = here[now[count > more]]
            due[now] = step + count
            on = now[due[now] < steps]
            here[on] = self.following[due[on], here[on]]
        return met


def _ways(moments: Moments, steps: int, windows: Sequence[int | None]) -> _Ways:
    """The ways to meet the first ``steps`` steps."""
    ways = _Ways(moments, steps)
    for due in reversed(range(steps)):
        here = moments.having(due)
        most = np.minimum(moments.due_after(here, due), steps)
        meets = np.zeros(len(moments.at), dtype=np.int64)
        # The more steps one instant meets, the better; so the largest number is written last.
        for after in range(due + 1, int(most.max(initial=due)) + 1):
            able = here[most >= after]
            if after < steps:
                able = _in_time(moments, able, ways.following[after, able], windows[after])
            meets[able] = after - due
        ways.add(due, meets)
    return ways


def _in_time(
    moments: Moments, here: IntArray, following: IntArray, longest: int | None
) -> IntArray:
    """Those whose next instant is there, of the same person and not too long after."""
    there = following < len(moments.at)
    here, following = here[there], following[there]
    fits = moments.unit[here] == moments.unit[following]
    if longest is not None:
        fits &= moments.at[following] - moments.at[here] <= longest
    return here[fits]
