"""Simpson's paradox across two splits: a group that only seems to go on less, or more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from ecom.analysis.sudden_leaks import Passages
from ecom.models.leaks import Passage, is_turned_within, together
from ecom.models.proportions import SIGNIFICANCE
from ecom.queries.passages import SPLITS


@dataclass(frozen=True, slots=True)
class Paradox:
    """A group whose difference to the rest turns within every value of another split.

    Attributes
    ----------
    step : event name of the step that is made or not.
    split, value : the group.
    within : the other split.
    group, rest : at the step before, and past it.
    """

    step: str
    split: str
    value: str
    within: str
    group: Passage
    rest: Passage


def paradoxes(passages: Passages) -> Iterator[Paradox]:
    """Look at every step, group and other split of the period's visits."""
    splits = [split for split in SPLITS if len(passages.values[split]) > 1]
    tests = len(passages.steps) * sum(
        len(passages.values[split]) for split, _ in permutations(splits, 2)
    )
    for split, within in permutations(splits, 2):
        values, parts = passages.values[split], len(passages.values[within])
        _, counts = passages.by_day((split, within))
        period = counts[..., passages.first :].sum(axis=-1).astype("int64")
        for step, made in zip(passages.steps, period, strict=True):
            cells = made.reshape(2, len(values), parts)
            for place, value in enumerate(values):
                own = [Passage(*pair) for pair in cells[:, place].T.tolist()]
                whole = [Passage(*pair) for pair in cells.sum(axis=1).T.tolist()]
                rest = [one.less(part) for one, part in zip(whole, own, strict=True)]
                if is_turned_within(own, rest, significance=SIGNIFICANCE / tests):
                    yield Paradox(step, split, value, within, together(own), together(rest))
