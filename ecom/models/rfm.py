"""Customer tiers by recency, frequency and money: eight tiers, as Chinese shops name them.

Each customer gets three scores from 1 to 5, ``1 + floor(5 x share of customers that do worse)``:
fifths of the customers, in which equal values always share a score (so all who bought once score 1
in frequency, however many they are). Above the customers' mean score is "high". Recency, frequency
and money, high or low, make the eight tiers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecom.models.runs import changes, sizes
from ecom.text import Text, message

SCORES = 5


@dataclass(frozen=True, slots=True)
class Tier:
    """A group of customers and what to do with it.

    Attributes
    ----------
    label : its name; 重要 (key) tiers spend much, 一般 (general) ones less.
    recent, frequent, valuable : which of the three scores are high.
    """

    key: str
    label: Text
    action: Text
    recent: bool
    frequent: bool
    valuable: bool


TIERS = (
    Tier(
        "key_value",
        message("Key: loyal"),
        message("Exclusive rights, new products first; never a plain discount."),
        recent=True,
        frequent=True,
        valuable=True,
    ),
    Tier(
        "key_growth",
        message("Key: promising"),
        message("Invite to the membership; bring the second and third order with bundles."),
        recent=True,
        frequent=False,
        valuable=True,
    ),
    Tier(
        "key_keep",
        message("Key: fading"),
        message("Wake up now, in person: a message from the shop, a coupon with an end date."),
        recent=False,
        frequent=True,
        valuable=True,
    ),
    Tier(
        "key_win_back",
        message("Key: nearly lost"),
        message("Win back with one strong offer; ask why they left."),
        recent=False,
        frequent=False,
        valuable=True,
    ),
    Tier(
        "general_value",
        message("General: loyal"),
        message("Trade up: sets, larger packs, threshold discounts."),
        recent=True,
        frequent=True,
        valuable=False,
    ),
    Tier(
        "general_growth",
        message("General: new"),
        message("A repurchase coupon within 7 days; show what goes with the first order."),
        recent=True,
        frequent=False,
        valuable=False,
    ),
    Tier(
        "general_keep",
        message("General: fading"),
        message("Remind at low cost: automatic messages, member day."),
        recent=False,
        frequent=True,
        valuable=False,
    ),
    Tier(
        "general_win_back",
        message("General: nearly lost"),
        message("Reach only in big campaigns; spend nothing else on them."),
        recent=False,
        frequent=False,
        valuable=False,
    ),
)

_TIER_OF = {(tier.recent, tier.frequent, tier.valuable): tier.key for tier in TIERS}


def segment(customers: pd.DataFrame) -> pd.DataFrame:
    """Score customers and put each in a tier.

    Parameters
    ----------
    customers : DataFrame, one row a customer
        ``days_since`` (the last order), ``orders``, ``amount``.

    Returns
    -------
    DataFrame
        The same rows and columns plus ``recency``, ``frequency``, ``money`` (scores 1..5, 5 is
        best) and ``tier`` (categorical, key of ``TIERS``).
    """
    scores = {
        "recency": _score(-customers["days_since"].to_numpy()),
        "frequency": _score(customers["orders"].to_numpy()),
        "money": _score(customers["amount"].to_numpy(dtype="float64")),
    }
    # A mean over nobody is never asked: without customers every comparison below is empty.
    high = [score > score.mean() if score.size else score > 0 for score in scores.values()]
    codes = high[0] * 4 + high[1] * 2 + high[2]
    names = [_TIER_OF[bool(code & 4), bool(code & 2), bool(code & 1)] for code in range(8)]
    return customers.assign(
        **scores,
        tier=pd.Categorical.from_codes(codes.astype("int64"), dtype=pd.CategoricalDtype(names)),
    )


def _score(values: NDArray[Any]) -> NDArray[np.int64]:
    """1 + floor(5 x share of values strictly below)."""
    if not len(values):
        return values.astype("int64")
    least, most = values.min(), values.max()
    if values.dtype.kind == "i" and most - least < len(values):  # few whole numbers are counted
        counts = np.bincount(values - least)
        score = 1 + (SCORES * (np.cumsum(counts) - counts)) // len(values)
        return score[values - least]
    order = np.argsort(values)
    opens = np.flatnonzero(changes(values[order]))
    below = np.empty(len(values), dtype=np.int64)
    below[order] = np.repeat(opens, sizes(opens, len(values)))
    return 1 + (SCORES * below) // len(values)
