"""The own site's search terms report of Google Ads.

Planted: one word converts three times as often as its campaign, one that costs never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from ecom.demo import write as w
from ecom.demo.world import World

HEADERS = (
    "Search term|Match type|Added/Excluded|Campaign|Ad group|Clicks|Impr.|CTR|Currency code|"
    "Avg. CPC|Cost|Conv. rate|Conversions|Cost / conv.|Day"
).split("|")
_NOT_TOLD = " --"
_TOTALS = ("Total: Search terms", "Total: Account")


@dataclass(frozen=True, slots=True)
class _Term:
    """What is typed; ``share`` of its campaign's clicks, ``buys`` against its campaign's rate."""

    campaign: int
    group: str
    match: str
    words: str
    share: float
    buys: float


# What is left over of a campaign is too rare to be listed.
_TERMS = (
    _Term(0, "Brand", "Exact match", "lumen lamps", 0.42, 1.1),
    _Term(0, "Brand", "Phrase match", "lumen humidifier", 0.24, 1.0),
    _Term(0, "Brand", "Broad match", "流明台灯", 0.18, 1.0),
    _Term(0, "Brand", "Broad match", "lumen lamp manual", 0.08, 0.2),
    _Term(1, "Desk lamps", "Phrase match", "desk lamp eye care", 0.28, 1.2),
    _Term(1, "Desk lamps", "Exact match", "reading lamp clip on", 0.10, 3.0),
    _Term(1, "Desk lamps", "Broad match", "free desk lamp", 0.14, 0.0),
    _Term(1, "Humidifiers", "Phrase match", "quiet humidifier bedroom", 0.20, 1.0),
    _Term(1, "Humidifiers", "Broad match", "humidifier rental", 0.08, 0.1),
)


def search_terms(report: pd.DataFrame, world: World, *, campaigns: Sequence[str]) -> pa.Table:
    """The words behind the first two campaigns by day, and two totals.

    Parameters
    ----------
    report : answer of ``ad_report`` by campaign.
    campaigns : names of its parts.
    """
    rng = world.timeline.rng("search terms")
    parts = sorted({term.campaign for term in _TERMS})
    listed = pd.concat([_listed(report, part, rng) for part in parts])
    listed = listed.sort_values(["day", "term"], ignore_index=True)
    counts = ["clicks", "impressions", "spend", "orders"]
    searches = report[report["part"].isin(parts)]
    sums = pd.DataFrame([listed[counts].sum(), searches[counts].sum()]).assign(term=-1)
    rows = pd.concat([listed, sums], ignore_index=True)
    term = rows["term"].to_numpy()
    clicks, shown, spend, orders = (rows[name].to_numpy().astype(np.int64) for name in counts)
    dates = w.days(world.timeline.dates[listed["day"].to_numpy()]).to_pylist()
    names = [_TERMS[one].words for one in listed["term"]]

    def of_term(cells: Sequence[str]) -> w.Cells:
        return w.pick([*cells, _NOT_TOLD], np.where(term < 0, len(_TERMS), term))

    return w.sheet(
        HEADERS,
        {
            "Search term": pa.array([*names, *_TOTALS]),
            "Day": pa.array([*dates, *[_NOT_TOLD] * len(_TOTALS)]),
            "Match type": of_term([one.match for one in _TERMS]),
            "Added/Excluded": of_term(["None"] * len(_TERMS)),
            "Campaign": of_term([campaigns[one.campaign] for one in _TERMS]),
            "Ad group": of_term([one.group for one in _TERMS]),
            "Clicks": w.thousands(clicks),
            "Impr.": w.thousands(shown),
            "CTR": w.percent(clicks, np.maximum(shown, 1)),
            "Currency code": w.same("CNY", len(rows)),
            "Avg. CPC": w.ratio_money(spend, clicks),
            "Cost": w.thousands_money(spend),
            "Conv. rate": w.percent(orders, np.maximum(clicks, 1)),
            "Conversions": w.number(orders.astype(np.float64)),
            "Cost / conv.": w.ratio_money(np.where(orders > 0, spend, 0), orders),
        },
        rows=len(rows),
    )


def _listed(report: pd.DataFrame, part: int, rng: np.random.Generator) -> pd.DataFrame:
    """One row a day and listed word of a campaign that was clicked; ``term`` is its place."""
    campaign = report[report["part"] == part]
    places = np.array([place for place, one in enumerate(_TERMS) if one.campaign == part])
    shares = np.array([_TERMS[place].share for place in places])
    buys = shares * np.array([_TERMS[place].buys for place in places])
    rest = 1 - shares.sum()
    clicks = rng.multinomial(campaign["clicks"], [*shares, rest])[:, :-1]
    weights = np.array([*buys, rest])
    orders = rng.multinomial(campaign["orders"], weights / weights.sum())[:, :-1]
    whole = np.maximum(campaign["clicks"].to_numpy(), 1)[:, None]
    frame = pd.DataFrame(
        {
            "day": campaign["day"].to_numpy().repeat(len(places)),
            "term": np.tile(places, len(campaign)),
            "clicks": clicks.ravel(),
            "orders": orders.ravel(),
            **{
                name: (campaign[name].to_numpy()[:, None] * clicks // whole).ravel()
                for name in ("spend", "impressions")
            },
        }
    )
    return frame[frame["clicks"] > 0]
