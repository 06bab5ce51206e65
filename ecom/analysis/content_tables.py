"""The tables of content: kinds, pieces, members by day."""

from __future__ import annotations

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.metrics import metric
from ecom.model import Good, Unit
from ecom.queries.scope import ResolvedScope
from ecom.text import message

PIECE, MESSAGE, MEMBERS = "content", "message", "members"
PER = {
    PIECE: message("views"),
    MESSAGE: message("delivered messages"),
    MEMBERS: message("members"),
}
KINDS_FLOOR = 30
"""A rate with less than this below stays empty."""
PIECE_FLOOR = 1_000
"""A piece with fewer views, or delivered messages, is not ranked."""
MOST_PIECES = 10
_KINDS = (
    Column("kind", message("Kind"), terms=True),
    Column("pieces", message("Pieces"), Unit.COUNT, help=message("Pieces, messages or accounts.")),
    Column("reach", message("Reach"), Unit.COUNT,
           help=message("Impressions, recipients, or people reached, day by day.")),
    Column("base", message("Views, delivered or members"), Unit.COUNT,
           help=message("What revenue is held against; members are the mean over the period.")),
    Column("per", message("Counted in")),
    Column("clicks", message("Clicks"), Unit.COUNT),
    Column.of("content_click_rate"),
    Column("orders", message("Orders"), Unit.COUNT),
    Column.of("content_conversion"),
    Column("revenue", message("Revenue"), Unit.MONEY, Good.UP),
    Column("gpm", metric("content_gpm").label, Unit.MONEY, Good.UP,
           metric("content_gpm").definition),
    Column("gpm_before", message("GPM before"), Unit.MONEY,
           help=message("In the period compared with.")),
    Column("gpm_change", message("Change of GPM"), Unit.RATIO, Good.UP),
    Column("new_followers", message("New followers"), Unit.COUNT),
    Column.of("unsubscribe_rate"),
)  # fmt: skip
_PIECES = (
    Column("piece", message("Title")),
    Column("kind", message("Kind"), terms=True),
    Column("shop", message("Shop")),
    Column("base", message("Views or delivered"), Unit.COUNT),
    Column("clicks", message("Clicks"), Unit.COUNT),
    Column("orders", message("Orders"), Unit.COUNT),
    Column("revenue", message("Revenue"), Unit.MONEY),
    Column("gpm", metric("content_gpm").label, Unit.MONEY),
)
_MEMBERS = (
    Column("day", message("Day")),
    Column("members", message("Members"), Unit.COUNT),
    Column("joined", message("Joined"), Unit.COUNT),
    Column("left", message("Members lost"), Unit.COUNT),
)


def sums(rows: pd.DataFrame) -> dict[str, float | None]:
    """Measures of ``ecom.metrics.content``.

    What stands below a ratio is summed over just the rows that tell what stands above it: an
    export without clicks must not thin the rate of those with.
    """

    def both(above: str, below: str) -> tuple[float, float]:
        told = rows[rows[above].notna() & rows[below].notna()]
        return float(told[above].sum(min_count=1)), float(told[below].sum(min_count=1))

    clicks, click_base = both("clicks", "click_base")
    orders, with_orders = both("orders", "clicks")
    revenue, base = both("revenue", "base")
    unsubscribes, delivered = both("unsubscribes", "base")
    return {
        "clicks": clicks,
        "click_base": _enough(click_base),
        "orders": orders,
        "clicks_with_orders": _enough(with_orders),
        "revenue": revenue,
        "thousands": _enough(base) / 1_000,
        "unsubscribes": unsubscribes,
        "delivered_with_unsubscribes": _enough(delivered),
    }


def _enough(below: float) -> float:
    return below if below >= KINDS_FLOOR else float("nan")


_COUNTS = ["reach", "base", "clicks", "orders", "revenue", "new_followers"]
_RATES = ("content_click_rate", "content_conversion", "content_gpm", "unsubscribe_rate")


def kinds_table(now: pd.DataFrame, before: pd.DataFrame | None) -> Table:
    """One row a kind, most revenue first; those that only the comparison has are left out."""
    earlier = {} if before is None else _rates_by_kind(before)
    rows: list[dict[str, object]] = []
    for (family, kind), mine in now.groupby(["family", "kind"], sort=True):
        rates = _rates(mine)
        held = earlier.get((family, kind), {}).get("content_gpm")
        gpm = rates["content_gpm"]
        totals = mine[_COUNTS].sum(min_count=1)
        rows.append(
            {
                "kind": kind or "Other",
                "pieces": len(mine),
                "per": PER[str(family)],
                **{name: float(totals[name]) for name in _COUNTS},
                **rates,
                "gpm": gpm,
                "gpm_before": held,
                "gpm_change": gpm / held - 1 if gpm is not None and held else None,
            }
        )
    keys = [column.key for column in _KINDS]
    frame = pd.DataFrame(rows, columns=keys)
    numbers = [column.key for column in _KINDS if column.unit is not None]
    frame = frame.astype(dict.fromkeys(numbers, "float64"))
    order = frame.sort_values(["revenue", "kind"], ascending=[False, True])
    return Table.make(order.assign(per=words(order["per"]).to_numpy()), *_KINDS)


def of_pieces(kinds: Table) -> pd.DataFrame:
    """The kinds with a known revenue per thousand that is not held against members, highest first.

    A member is there all month and a view is a moment: their thousands don't compare.
    """
    frame = kinds.frame.dropna(subset=["gpm"]).sort_values("gpm", ascending=False)
    return frame[[per != PER[MEMBERS] for per in frame["per"]]]


def _rates_by_kind(rows: pd.DataFrame) -> dict[object, dict[str, float | None]]:
    return {key: _rates(mine) for key, mine in rows.groupby(["family", "kind"], sort=True)}


def _rates(rows: pd.DataFrame) -> dict[str, float | None]:
    told = sums(rows)
    return {key: metric(key).value(told) for key in _RATES}


def pieces_tables(rows: pd.DataFrame, resolved: ResolvedScope) -> tuple[Table, Table]:
    """The best and the weakest pieces with enough views or delivered messages.

    A piece is in one of the two at most: of few, the better half is best.
    """
    ranked = rows[(rows["family"] != MEMBERS) & (rows["base"] >= PIECE_FLOOR)]
    ranked = ranked.assign(gpm=ranked["revenue"] / ranked["base"] * 1_000).dropna(subset=["gpm"])
    order = ranked.sort_values(["gpm", "piece", "shop_id"], ascending=[False, True, True])
    order = order.assign(shop=resolved.named(order["shop_id"]))
    best = order.head(min(MOST_PIECES, (len(order) + 1) // 2))
    weakest = order.iloc[len(best) :].tail(MOST_PIECES)[::-1]
    return Table.make(best, *_PIECES), Table.make(weakest, *_PIECES)


def members_by_day(standing: pd.DataFrame, days: pd.DataFrame) -> Table:
    """Members of all groups and accounts, who joined and who left, on every day of a period.

    Parameters
    ----------
    standing : members of each account by day, index = days of the period.
    """
    if standing.empty or not standing.notna().any().any():
        return Table.make(pd.DataFrame(columns=[column.key for column in _MEMBERS]), *_MEMBERS)
    moved = days.groupby("day")[["new_members", "left_members"]].sum(min_count=1)
    frame = pd.DataFrame(
        {
            "day": pd.DatetimeIndex(standing.index).date,
            "members": standing.sum(axis=1, min_count=1).to_numpy(),
            "joined": moved["new_members"].reindex(standing.index).to_numpy(),
            "left": moved["left_members"].reindex(standing.index).to_numpy(),
        }
    )
    return Table.make(frame, *_MEMBERS)
