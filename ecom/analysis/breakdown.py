"""How each shop or channel contributes to the change of sales; the contributions add up."""

from __future__ import annotations

import math

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.model import Good, Unit
from ecom.queries.sales import sales_by
from ecom.queries.scope import ResolvedScope
from ecom.store import Store
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


def breakdown(store: Store, resolved: ResolvedScope, *, by: str) -> Table:
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
    now = sales_by(store, resolved, resolved.period, by=(by,)).set_index(by)[measures]
    if resolved.base is None:
        frame = now.join(now.assign(gmv=math.nan, orders=math.nan), rsuffix="_base")
    else:
        before = sales_by(store, resolved, resolved.base, by=(by,)).set_index(by)[measures]
        frame = now.join(before, how="outer", rsuffix="_base").fillna(0.0)
    for name in measures:
        frame[f"{name}_change"] = frame[name] - frame[f"{name}_base"]
    before_all, now_all = frame["gmv_base"].sum(), frame["gmv"].sum()
    frame["contribution"] = frame["gmv_change"] / (before_all or math.nan)
    frame["share"] = frame["gmv"] / (now_all or math.nan)
    frame = frame.sort_values("gmv", ascending=False).reset_index(names=by)
    frame[by] = _shown(store, frame[by], by)
    return Table.make(frame, Column(by, LABELS[by]), *MEASURE_COLUMNS)


def _shown(store: Store, names: pd.Series, by: str) -> pd.Series:
    known = {shop.shop_id: shop.shop_name for shop in store.shops()} if by == "shop" else {}
    return words(known.get(name) or name or NOT_STATED for name in names)
