"""Did the variants get the visitors they were meant to get?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from ecom.errors import InvalidParameter
from ecom.text import message

# Far below 5 %: the check is made at every look, and a false alarm throws an experiment away.
SPLIT_SIGNIFICANCE = 0.001


@dataclass(frozen=True, slots=True)
class SplitCheck:
    """Sample ratio against plan.

    Attributes
    ----------
    chi_square : sum of squared distances from the expected visitors, over the expected.
    p : chance of a distance as large while the split is as planned.
    """

    chi_square: float
    p: float

    @property
    def is_broken(self) -> bool:
        """Whether the numbers cannot be trusted: visitors were lost or sent elsewhere unevenly."""
        return self.p < SPLIT_SIGNIFICANCE


def check_split(people: Sequence[int], *, shares: Sequence[float] = ()) -> SplitCheck:
    """Pearson's chi-square of the visitors against the planned shares.

    Parameters
    ----------
    people : visitors of each variant; two variants or more, somebody in all.
    shares : planned weights in the same order, of any sum; default: equal.

    Raises
    ------
    InvalidParameter
        As many shares as variants are needed, all above zero.

    Notes
    -----
    Fabijan et al. (2019), "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD.
    """
    weights = np.asarray(shares or [1.0] * len(people), dtype="float64")
    if len(weights) != len(people) or (weights <= 0).any():
        raise InvalidParameter(
            message(
                "{shares} shares were given for {variants} variants.",
                shares=len(weights),
                variants=len(people),
            ),
            message("Give every variant a share above zero."),
        )
    seen = np.asarray(people, dtype="float64")
    expected = weights / weights.sum() * seen.sum()
    distance = float(((seen - expected) ** 2 / expected).sum())
    return SplitCheck(distance, float(chi2.sf(distance, len(seen) - 1)))
