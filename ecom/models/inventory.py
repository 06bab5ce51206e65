"""Stock policy: how much to hold, when to order, how urgent. Numbers only.

Periodic review with lead time: stock is looked at every ``review`` days and an order arrives
``lead`` days later, so what is on hand and on its way must last ``lead + review`` days. Demand is
taken as normal around its daily mean; for slow items that is rough, which is why the demand pattern
is shown beside the numbers.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

Floats = NDArray[np.float64]

A_SHARE, B_SHARE = 0.80, 0.95
OVERSTOCK_DAYS = 90
# Syntetos, Boylan and Croston (2005), J. Oper. Res. Soc. 56: cut-offs of the demand patterns.
ADI_CUT, CV2_CUT = 1.32, 0.49


class Level(StrEnum):
    """How a SKU's stock stands, most urgent first."""

    OUT = "out"  # demand, but nothing available
    WARNING = "warning"  # what is there and coming may not last one lead time
    SAFETY = "safety"  # below the reorder point: order at this review
    OK = "ok"
    OVERSTOCK = "overstock"  # lasts OVERSTOCK_DAYS longer than it has to
    IDLE = "idle"  # nothing sold in the demand window
    UNKNOWN = "unknown"  # no sales data to tell demand from


class Pattern(StrEnum):
    """How demand arrives: how often, and in how varying sizes."""

    SMOOTH = "smooth"
    INTERMITTENT = "intermittent"
    ERRATIC = "erratic"
    LUMPY = "lumpy"
    NONE = "none"


def demand_spread(
    mean: ArrayLike, sd: ArrayLike, days: ArrayLike, *, days_sd: ArrayLike = 0.0
) -> Floats:
    """Standard deviation of demand over ``days`` days: sqrt(days·sd² + mean²·days_sd²).

    Parameters
    ----------
    mean, sd : units a day.
    days_sd : standard deviation of the number of days, where the lead time varies.
    """
    mean, sd, days = (np.asarray(value, dtype=float) for value in (mean, sd, days))
    spread: Floats = np.sqrt(days * sd**2 + mean**2 * np.asarray(days_sd, dtype=float) ** 2)
    return spread


def safety_stock(spread: ArrayLike, service_level: float) -> Floats:
    """Units held against chance: z·spread.

    Parameters
    ----------
    spread : standard deviation of demand over the days to bridge.
    service_level : wanted probability of no stock-out in one cycle, 0..1 (not the fill rate).
    """
    held: Floats = norm.ppf(service_level) * np.asarray(spread, dtype=float)
    return held


def stock_needed(
    mean: ArrayLike, sd: ArrayLike, days: ArrayLike, *, service_level: float
) -> Floats:
    """Units that last ``days`` days with the wanted probability: mean·days + safety stock.

    Over the lead time it is the quantile that a warning stands on; over lead time and review it is
    the reorder point and the order-up-to level of periodic review.
    """
    expected: Floats = np.asarray(mean, dtype=float) * np.asarray(days, dtype=float)
    return expected + safety_stock(demand_spread(mean, sd, days), service_level)


def fill_rate(held: ArrayLike, spread: ArrayLike, lot: ArrayLike) -> Floats:
    """Expected share of demand served from the shelf, 0..1; NaN where the lot is 0.

    1 − ESC ÷ lot with the expected shortage a cycle ESC = spread·φ(k) − held·(1 − Φ(k)),
    k = held ÷ spread (Chopra and Meindl, Supply Chain Management, "Managing uncertainty").

    Parameters
    ----------
    held : safety stock.
    spread : standard deviation of demand over the days to bridge.
    lot : units ordered at a time.
    """
    held, spread, lot = (np.asarray(value, dtype=float) for value in (held, spread, lot))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = held / spread
        shortage = spread * norm.pdf(ratio) - held * norm.sf(ratio)
        shortage = np.where(spread > 0, shortage, np.maximum(-held, 0))
        rate: Floats = np.where(lot > 0, 1 - shortage / lot, np.nan)
    return np.clip(rate, 0, 1)


def abc_classes(values: pd.Series) -> pd.Series:
    """A for the items that make 80 % of the value, B up to 95 %, C for the rest.

    The item that crosses a line belongs to the higher class. Items without value are C; without any
    value at all the classes are "".
    """
    worth = values.fillna(0).clip(lower=0)
    if not worth.sum():
        return pd.Series("", index=values.index, dtype="str")
    ordered = worth.sort_values(ascending=False, kind="stable")
    # Rounded, so that shares that are equal on paper are equal here.
    before = ((ordered.cumsum() - ordered) / ordered.sum()).round(12)
    classes = np.select([ordered <= 0, before < A_SHARE, before < B_SHARE], ["C", "A", "B"], "C")
    return pd.Series(classes, index=ordered.index, dtype="str").reindex(values.index)


def demand_pattern(interval: ArrayLike, cv2: ArrayLike) -> NDArray[np.str_]:
    """Name the pattern of demand (Syntetos, Boylan and Croston).

    Parameters
    ----------
    interval : mean days between days with demand (ADI); NaN where there are none.
    cv2 : squared coefficient of variation of the sizes of such days.
    """
    interval, cv2 = np.asarray(interval, dtype=float), np.asarray(cv2, dtype=float)
    rare, varying = interval >= ADI_CUT, cv2 >= CV2_CUT
    names: NDArray[np.str_] = np.select(
        [np.isnan(interval), rare & varying, rare, varying],
        [
            Pattern.NONE.value,
            Pattern.LUMPY.value,
            Pattern.INTERMITTENT.value,
            Pattern.ERRATIC.value,
        ],
        Pattern.SMOOTH.value,
    )
    return names


def days_of_cover(available: ArrayLike, mean: ArrayLike) -> Floats:
    """Days that what is available lasts at the mean demand; NaN without demand."""
    available, mean = np.asarray(available, dtype=float), np.asarray(mean, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        cover: Floats = np.where(mean > 0, np.maximum(available, 0) / mean, np.nan)
    return cover


def stock_levels(stock: pd.DataFrame) -> pd.Series:
    """The level of each row.

    Parameters
    ----------
    stock : columns available, inbound, daily_demand (NaN where unknown), warning_point,
        reorder_point, days_of_cover and lead_days, review_days.
    """
    position = stock["available"] + stock["inbound"]
    enough = stock["lead_days"] + stock["review_days"] + OVERSTOCK_DAYS
    levels = np.select(
        [
            stock["daily_demand"].isna(),
            stock["daily_demand"] <= 0,
            stock["available"] <= 0,
            position < stock["warning_point"],
            position < stock["reorder_point"],
            stock["days_of_cover"] > enough,
        ],
        [
            level.value
            for level in (
                Level.UNKNOWN,
                Level.IDLE,
                Level.OUT,
                Level.WARNING,
                Level.SAFETY,
                Level.OVERSTOCK,
            )
        ],
        Level.OK.value,
    )
    return pd.Series(levels, index=stock.index, dtype="str")
