"""How each shop or channel contributes to the change of sales; the contributions add up."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ecom.analysis.base import Column, Table, words
from ecom.model import Good, Unit
from ecom.queries.sales import SalesFacts
from ecom.queries.scope import ResolvedScope
from ecom.text import message

LABELS = {"shop": message("Shop"), "channel": message("Channel")}
NOT_STATED = message("Not stated")

MEASURE_COLUMNS = (
    Column.of("gmv"),
    Column("gmv_base", message("GMV before"), Unit.MONEY),
    Column("gmv_change", message("Change"), Unit.MONEY, Good.UP),
    Column("contribution", message("Contribution"), Unit.RATIO, Good.UP,
           message("Its change ÷ the GMV of all before; these add up to the change of GMV.")),
    Column("share", message("Share of GMV"), Unit.RATIO),
    Column.of("orders"),
    Column("orders_base", message("Orders before"), Unit.COUNT),
    Column("orders_change", message("Change of orders"), Unit.COUNT, Good.UP),
)  # fmt: skip


def breakdown(
    sales: SalesFacts, resolved: ResolvedScope, *, by: str, shop_names: Mapping[str, str]
) -> Table:
    """GMV and orders of each shop or channel, now and before.

    Parameters
    ----------
    by : a key of ``LABELS``.

    Returns
    -------
    Table
        ``by`` (the shop's name; "Not stated" where exports say nothing), then ``MEASURE_COLUMNS``,
        largest GMV first. Without a comparison the base and the changes are missing. What was
        sold only before is listed, too, so that the changes add up.
    """
    measures = ["gmv", "orders"]
    now = sales.by(resolved.period, by)[[by, *measures]]
    if resolved.base is None:
        frame = now.assign(gmv_base=math.nan, orders_base=math.nan)
    else:
        before = sales.by(resolved.base, by)[[by, *measures]]
        frame = now.merge(before, how="outer", on=by, suffixes=("", "_base")).fillna(0.0)
    for name in measures:
        frame[f"{name}_change"] = frame[name] - frame[f"{name}_base"]
    before_all, now_all = frame["gmv_base"].sum(), frame["gmv"].sum()
    frame["contribution"] = frame["gmv_change"] / (before_all or math.nan)
    frame["share"] = frame["gmv"] / (now_all or math.nan)
    frame = frame.sort_values("gmv", ascending=False).reset_index(drop=True)
    frame[by] = words(
        (shop_names.get(name) if by == "shop" else name) or name or NOT_STATED for name in frame[by]
    )
    return Table.make(frame, Column(by, LABELS[by], terms=by == "channel"), *MEASURE_COLUMNS)
