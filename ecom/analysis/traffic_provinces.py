"""Visitors by province of China, for the map of the traffic page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.analysis.traffic_tables import rate, records
from ecom.model import Good, Unit
from ecom.models.proportions import LEAST_PEOPLE, SIGNIFICANCE, Verdict, compare_shares
from ecom.provinces import BY_CODE, province_of
from ecom.queries.traffic_facts import TrafficFacts
from ecom.text import message

_ELSEWHERE, _UNTOLD = "elsewhere", "untold"
_OFF_MAP = {_ELSEWHERE: message("Other places"), _UNTOLD: message("Not told")}
_LEAST_ON_MAP = 0.5  # of the visitors whose region is told; of fewer a map of China says little
_SUMS = ["visitor_days", "sessions", "buyer_days", "visitor_days_with_buyers"]


@dataclass(frozen=True, slots=True)
class Silent:
    """Whose exports tell no region.

    Attributes
    ----------
    shops : their names, by id.
    share : theirs of all visitors, counted once a day; None where visitors are not told.
    """

    shops: tuple[str, ...]
    share: float | None


def silent(total: TrafficFacts, told: TrafficFacts, names: Mapping[str, str]) -> Silent:
    """The shops that have visits and are not among those by region.

    Parameters
    ----------
    total, told : visits as a whole and by region.
    names : shop id -> name.
    """
    speaking = set(told.rows["shop_id"])
    rows = total.rows[~total.rows["shop_id"].isin(speaking)]
    everybody = total.measures["visitor_days"]
    return Silent(
        tuple(names.get(shop, shop) for shop in sorted(set(rows["shop_id"]))),
        float(rows["visitor_days"].sum()) / everybody if everybody else None,
    )


def provinces(now: TrafficFacts, before: TrafficFacts | None) -> Table:
    """Visitors by province, and those who are not on the map.

    Parameters
    ----------
    now, before : visits by region. All names of a province count for it.

    Returns
    -------
    Table
        region; code (ISO 3166-2:CN; "" for what is not on the map, which comes last); visitors
        (counted once a day and region); share of all visitors, so the rows add up to 1; visitors
        before; change of daily visitors (relative); sessions; conversion; difference (to
        the conversion of all other visitors, where it is beyond chance). Of fewer than
        ``LEAST_PEOPLE`` visitors no change and no conversion is told. No rows where less than half
        of the visitors whose region is told are from a province.
    """
    sums = _by_place(now)
    if before is not None:
        base = _by_place(before)
        sums = sums.reindex(sums.index.union(base.index)).fillna({"visitor_days": 0.0})
        base_days = base["visitor_days"].reindex(sums.index, fill_value=0.0)
    else:
        base_days = pd.Series(np.nan, sums.index)
    visitors = sums["visitor_days"]
    conversion = pd.Series(rate("conversion", records(sums)), sums.index)
    is_on_map = sums.index.isin(BY_CODE)
    frame = pd.DataFrame(
        {
            "code": [code if code in BY_CODE else "" for code in sums.index],
            "place": sums.index,
            "visitors": visitors,
            "share": visitors / visitors.sum(),
            "visitors_before": base_days,
            "change": _change(visitors, base_days, now, before),
            "sessions": sums["sessions"],
            "conversion": conversion.where(sums["visitor_days_with_buyers"] >= LEAST_PEOPLE),
            "difference": _clear_difference(sums),
            "is_off_map": ~is_on_map,
        }
    ).sort_values(["is_off_map", "visitors"], ascending=[True, False], kind="stable")
    told = visitors.drop(_UNTOLD, errors="ignore").sum()
    is_china = bool(visitors[is_on_map].sum() >= _LEAST_ON_MAP * told > 0)
    return _declared(frame if is_china else frame.iloc[:0])


def _by_place(facts: TrafficFacts) -> pd.DataFrame:
    """Sums by code of the province, or by how a region is not on the map."""
    parts = facts.parts
    places = pd.Index([_place(str(part)) for part in parts.index], dtype="object")
    return parts[_SUMS].groupby(places).sum(min_count=1)


def _place(region: str) -> str:
    if not region:
        return _UNTOLD
    province = province_of(region)
    return province.code if province else _ELSEWHERE


def _change(
    visitors: pd.Series, base: pd.Series, now: TrafficFacts, before: TrafficFacts | None
) -> pd.Series:
    """Of daily visitors, because the base may have another number of days."""
    days = now.measures["days"]
    base_days = before.measures["days"] if before is not None else None
    if not days or not base_days:
        return pd.Series(np.nan, visitors.index)
    return (visitors / days) / (base / base_days).where(base >= LEAST_PEOPLE) - 1


def _clear_difference(sums: pd.DataFrame) -> list[float]:
    """Conversion less that of all others; NaN where chance may have made it.

    The chance of a false alarm is shared by all places that are tested.
    """
    counts = sums[["buyer_days", "visitor_days_with_buyers"]].fillna(0.0)
    all_buyers, everybody = counts.sum()
    tested = int((counts["visitor_days_with_buyers"] >= LEAST_PEOPLE).sum())
    found = []
    for buyers, people in counts.astype("int64").to_numpy().tolist():
        others, other_buyers = int(everybody) - people, int(all_buyers) - buyers
        test = compare_shares(
            buyers, people, other_buyers, others, significance=SIGNIFICANCE / max(tested, 1)
        )
        is_clear = test.verdict in (Verdict.HIGHER, Verdict.LOWER)
        found.append(buyers / people - other_buyers / others if is_clear else np.nan)
    return found


def _declared(frame: pd.DataFrame) -> Table:
    names = [
        BY_CODE[place].name if place in BY_CODE else _OFF_MAP[place] for place in frame["place"]
    ]
    few = message("Not told of fewer than {least} visitors.", least=LEAST_PEOPLE)
    return Table.make(
        frame.assign(region=words(names).values),
        Column("region", message("Region")),
        Column("code", message("Code of the province")),
        Column("visitors", message("Visitors, counted once a day and region"), Unit.COUNT, Good.UP),
        Column("share", message("Share"), Unit.RATIO),
        Column("visitors_before", message("Visitors before"), Unit.COUNT),
        Column("change", message("Change of daily visitors"), Unit.RATIO, Good.UP, few),
        Column.of("sessions"),
        Column.of("conversion"),
        Column(
            "difference",
            message("Conversion against others"),
            Unit.RATIO,
            Good.UP,
            message("Conversion less that of all other visitors, where it is beyond chance."),
        ),
    )
