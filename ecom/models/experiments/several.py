"""Several variants against one control: more tests, more chances of a false alarm."""

from __future__ import annotations

from collections.abc import Sequence


def holm(values: Sequence[float]) -> tuple[float, ...]:
    """p-values as they would have to be for one test, in the order given.

    Holm (1979), Scandinavian Journal of Statistics 6: 65-70: the smallest counts as often as there
    are tests, the next once less, and none less than one before it. The chance of any false alarm
    stays below the level; never less sharp than Bonferroni.
    """
    adjusted = list(values)
    highest = 0.0
    for place, index in enumerate(sorted(range(len(values)), key=lambda index: values[index])):
        highest = max(highest, min(values[index] * (len(values) - place), 1.0))
        adjusted[index] = highest
    return tuple(adjusted)
