"""Why a number moved: an exact split of its change between the factors it is the product of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations

from ecom.errors import InvalidParameter
from ecom.text import message


def split_change(before: Sequence[float], after: Sequence[float]) -> tuple[float, ...]:
    """Split the change of a product between its factors (Shapley value).

    Each factor's part is the mean, over all orders in which the factors can change one after the
    other, of what its own change adds. The parts add up to the whole change, do not depend on an
    order, and need no logarithm, so zeros are fine. It is arithmetic: a part says what a factor
    accounts for, not what caused it.

    Parameters
    ----------
    before, after : the factors, in the same order; a few (the work grows with n!).

    Returns
    -------
    tuple of float
        One part a factor, in the unit of the product.

    References
    ----------
    Shapley (1953), A value for n-person games; Sun (1998) for changes of products.
    """
    if len(before) != len(after):
        raise InvalidParameter(
            message(
                "There are {before} factors before and {after} after.",
                before=len(before),
                after=len(after),
            ),
            message("Give the same factors in the same order."),
        )
    parts = [0.0] * len(before)
    orders = list(permutations(range(len(before))))
    for order in orders:
        factors = list(before)
        product = math.prod(factors)
        for factor in order:
            factors[factor] = after[factor]
            moved = math.prod(factors)
            parts[factor] += (moved - product) / len(orders)
            product = moved
    return tuple(parts)
