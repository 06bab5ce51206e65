"""What the product funnel is made of: counts by product, its price, its days out of stock."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecom.models.lost_sales import lost_buyers
from ecom.models.proportions import SIGNIFICANCE, Verdict, compare_shares
from ecom.queries.product_funnel import FLAGS, ProductFacts

EVENTS, REPORTS = "events", "reports"
KEYS = ["basis", "shop_id", "product"]
_COUNTS = ["viewed", "carted", "paid"]


def days_of(facts: ProductFacts) -> pd.DataFrame:
    """Daily counts by product, each shop's day from one source: its events, else one report.

    Returns
    -------
    DataFrame
        ``KEYS``, day, viewed, carted (NaN of events), paid, is_listed, is_out.
    """
    spoken = facts.days[["shop_id", "day"]].drop_duplicates()
    told = facts.reported.merge(spoken, on=["shop_id", "day"], how="left", indicator="who")
    told = told[told["who"] == "left_only"]
    # Rows of all carriers and devices before rows split by them, which count people twice.
    order = told.sort_values([*FLAGS, "source"], ascending=[False, False, False, True])
    best = order.drop_duplicates(["shop_id", "day"])[["shop_id", "day", "source", *FLAGS]]
    told = told.merge(best)[["shop_id", "product", "day", *_COUNTS]].assign(basis=REPORTS)
    own = facts.days.assign(basis=EVENTS, carted=float("nan"))
    days = pd.concat([own, told], ignore_index=True)[[*KEYS, "day", *_COUNTS]]
    skus = skus_of(facts, days)
    sold_out = skus.merge(facts.empty, on="sku").groupby(["shop_id", "product", "day"])
    out = sold_out["sku"].nunique().rename("empty")
    owned = skus.groupby(["shop_id", "product"])["sku"].nunique().rename("owned")
    days = days.join(out, on=["shop_id", "product", "day"]).join(owned, on=["shop_id", "product"])
    return days.assign(
        is_listed=days["day"].isin(facts.lists["day"]), is_out=days["empty"] == days["owned"]
    ).drop(columns=["empty", "owned"])


def rows_of(facts: ProductFacts, days: pd.DataFrame) -> pd.DataFrame:
    """One row a product and source.

    Returns
    -------
    DataFrame
        ``KEYS``, viewed, carted, paid, carted_paid (NaN of reports, which count visitors by day),
        name, category, list_price, price, price_before, days_out (NaN without lists), rest (the
        share that paid of its category's other products), verdict.
    """
    told = days[days["basis"] == REPORTS].groupby(KEYS, as_index=False)[_COUNTS].sum(min_count=1)
    rows = pd.concat([facts.people.assign(basis=EVENTS), told], ignore_index=True)
    skus = skus_of(facts, rows)
    for column in ("name", "found", "list_price"):
        # The largest; asked of sorted rows, since pandas compares texts group by group.
        known = skus.sort_values(column).groupby(["shop_id", "product"])[column].last()
        rows = rows.join(known, on=["shop_id", "product"])
    for place, column in ((1, "price"), (0, "price_before")):
        sold = facts.sales[facts.sales["is_period"] == place]
        sold = sold.assign(sku=sold["sku"].where(sold["sku"] != "", sold["product"]))
        merged = skus.merge(sold[["shop_id", "sku", "units", "amount"]], on=["shop_id", "sku"])
        sums = merged.groupby(["shop_id", "product"])[["units", "amount"]].sum()
        rows = rows.join((sums["amount"] / sums["units"]).rename(column), on=["shop_id", "product"])
    empty = days.groupby(KEYS)["is_out"].sum().rename("days_out").astype("float64")
    rows = rows.join(empty if len(facts.lists) else empty * float("nan"), on=KEYS)
    category = rows["category"].where(rows["category"].fillna("") != "", rows["found"])
    rows = rows.assign(
        name=rows["name"].where(rows["name"].fillna("") != "", rows["product"]),
        category=category.fillna(""),
    ).drop(columns="found")
    return _judged(rows).sort_values(["viewed", *KEYS], ascending=[False, True, True, True])


def prices_of(sold: pd.DataFrame, skus: pd.DataFrame) -> pd.Series:
    """Mean paid price by shop_id, product and day, from ``daily_prices`` and ``skus_of``."""
    merged = skus[["shop_id", "product", "sku"]].merge(sold, on=["shop_id", "sku"])
    sums = merged.groupby(["shop_id", "product", "day"])[["units", "amount"]].sum()
    return (sums["amount"] / sums["units"]).rename("price")


def losses_of(days: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """What stock-outs cost, most lost revenue first.

    Returns
    -------
    DataFrame
        ``KEYS``, name, category, first_day, last_day, days_out, viewed_out, rate_in, rate_out,
        lost, lost_low, lost_high, revenue, revenue_low, revenue_high (NaN without a price).
    """
    listed = days[days["is_listed"]]
    out = listed[listed["is_out"]].groupby(KEYS)["day"].agg(["min", "max", "size"])
    # What the reader's categories leave out is in no row.
    known = rows.set_index(KEYS)[["name", "category", "price"]]
    told = out.join(known, how="inner")
    sums = [
        days_of_side.groupby(KEYS)[["paid", "viewed"]].sum().reindex(told.index, fill_value=0)
        for days_of_side in (listed[~listed["is_out"]], listed[listed["is_out"]])
    ]
    counted = np.column_stack([each.to_numpy(dtype="int64") for each in sums])
    found = []
    for (key, first, last, count, name, category, price), counts in zip(
        told.itertuples(name=None), counted.tolist(), strict=True
    ):
        lost = lost_buyers(*counts)
        if lost is None:
            continue
        numbers = (lost.expected, lost.low, lost.high)
        found.append(
            (
                *key, name, category, first.date(), last.date(), count, float(counts[3]),
                counts[0] / counts[1], counts[2] / counts[3], *numbers,
                *(number * price for number in numbers),
            )
        )  # fmt: skip
    columns = (
        "name category first_day last_day days_out viewed_out rate_in rate_out lost lost_low "
        "lost_high revenue revenue_low revenue_high"
    )
    frame = pd.DataFrame(found, columns=[*KEYS, *columns.split()])
    return frame.sort_values(
        ["revenue", "lost", *KEYS], ascending=[False, False, True, True, True]
    ).reset_index(drop=True)


def skus_of(facts: ProductFacts, rows: pd.DataFrame) -> pd.DataFrame:
    """The SKUs of products: shop_id, product, sku, name, found (category), list_price.

    What the catalogue does not know is its own SKU.
    """
    known = facts.catalogue.rename(columns={"category": "found"})
    columns = ["shop_id", "product", "sku", "name", "found", "list_price"]
    of_sku = known[known["sku"].fillna("") != ""].assign(product=known["sku"])
    of_platform = known[(known["product"].fillna("") != "") & (known["sku"].fillna("") != "")]
    names = pd.concat([of_sku, of_platform])[columns].drop_duplicates(["shop_id", "product", "sku"])
    wanted = rows[["shop_id", "product"]].drop_duplicates()
    found = wanted.merge(names, on=["shop_id", "product"], how="left")
    return found.assign(sku=found["sku"].fillna(found["product"]))


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Each product against the others of its category, shop and source."""
    group = ["basis", "shop_id", "category"]
    sums = rows.groupby(group)[["viewed", "paid"]].transform("sum")
    others, other_paid = sums["viewed"] - rows["viewed"], sums["paid"] - rows["paid"].fillna(0)
    chance = SIGNIFICANCE / max(1, len(rows))  # all are looked at together
    verdicts = [
        Verdict.TOO_FEW
        if pd.isna(paid)
        else compare_shares(
            min(int(paid), int(viewed)),
            int(viewed),
            min(int(rest_paid), int(rest)),
            int(rest),
            significance=chance,
        ).verdict
        for paid, viewed, rest_paid, rest in zip(
            rows["paid"], rows["viewed"], other_paid, others, strict=True
        )
    ]
    return rows.assign(rest=other_paid / others.where(others > 0), verdict=verdicts)
