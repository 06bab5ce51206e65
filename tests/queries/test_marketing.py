"""Ad spend: one level feeds totals, nothing is spread over days, unlike currencies stay apart."""

from __future__ import annotations

from datetime import date, datetime

from ecom.metrics import metric
from ecom.model import Period, Scope
from ecom.queries.budgets import budgets_of
from ecom.queries.marketing import (
    daily_of,
    new_buyers,
    spend_facts,
    spend_measures,
    won_by,
)
from ecom.queries.sales import sales_facts
from ecom.queries.scope import resolve
from ecom.store import Shop

OTHER = Shop("other", "jd", "Other shop", "CNY", "Asia/Shanghai")
WEEK = Period(date(2026, 3, 2), date(2026, 3, 8))


def ad(first: int, last: int, spend: float, **more: object) -> dict[str, object]:
    return {
        "ad_platform": "Search ads",
        "account": "",
        "period_start": date(2026, 3, first),
        "period_end": date(2026, 3, last),
        "level": "campaign",
        "channel": "paid search",
        "currency": "CNY",
        "spend": spend,
        **more,
    }


def sale(number: int, day: int, paid: float, customer: str | None) -> dict[str, object]:
    return {
        "order_id": f"o{number}",
        "kind": "sale",
        "status": "paid",
        "customer_key": customer,
        "paid_date": date(2026, 3, day),
        "paid_at": datetime(2026, 3, day),
        "paid_amount": paid,
        "currency": "CNY",
        "channel": "paid search",
    }


def facts(store, period: Period = WEEK, **scope: object):
    resolved = resolve(store, Scope(period=period, **scope))
    return spend_facts(store, resolved, (period,))


def left_out(store) -> dict[str, float]:
    rows = facts(store).left_out(WEEK)
    return dict(zip(rows["reason"], rows["spend"], strict=True))


def test_only_the_coarsest_level_of_a_day_counts(store, load) -> None:
    load(store, "ad_spend", [
        ad(2, 2, 10, campaign="a"), ad(2, 2, 5, campaign="b"),
        ad(2, 2, 14, level="product", product_id="p"),
        ad(3, 3, 7, level="product", product_id="p"),  # no campaign report that day
    ])  # fmt: skip
    assert facts(store).by(WEEK, "channel")["spend"].tolist() == [10 + 5 + 7]


def test_two_accounts_at_different_levels_both_count(store, load) -> None:
    load(store, "ad_spend", [
        ad(2, 2, 10, account="1"), ad(2, 2, 4, account="2", level="ad", ad="x"),
    ])  # fmt: skip
    assert facts(store).by(WEEK, "channel")["spend"].tolist() == [14]


def test_the_level_is_chosen_before_the_channel_filter(store, load) -> None:
    load(store, "ad_spend", [
        ad(2, 2, 10), ad(2, 2, 9, level="product", channel="shopping"),
    ])  # fmt: skip
    assert facts(store, channels=("shopping",)).by(WEEK, "channel").empty


def test_a_row_over_the_edge_is_left_out_and_named(store, load) -> None:
    load(store, "ad_spend", [ad(2, 4, 30), ad(7, 9, 40), ad(10, 11, 99)])
    assert facts(store).by(WEEK, "shop")["spend"].tolist() == [30]
    assert left_out(store) == {"edge": 40}


def test_only_rows_over_the_edge_mean_that_spend_is_not_known(store, load) -> None:
    load(store, "ad_spend", [ad(1, 31, 300)])
    resolved = resolve(store, Scope(period=WEEK))
    assert spend_measures(store, resolved, WEEK)["spend"] is None


def test_single_days_count_instead_of_the_span_that_holds_them(store, load) -> None:
    load(store, "ad_spend", [ad(2, 4, 33), ad(2, 2, 10), ad(3, 3, 11)])
    assert facts(store).by(WEEK, "shop")["spend"].tolist() == [21]
    assert left_out(store) == {"repeated": 33}


def test_rows_of_several_days_have_no_day_and_days_without_rows_are_zero(store, load) -> None:
    load(store, "ad_spend", [ad(2, 2, 10), ad(4, 4, 12), ad(5, 6, 50)])
    resolved = resolve(store, Scope(period=WEEK))
    sales = sales_facts(store, resolved, (WEEK,), with_buyers=False)
    daily = daily_of(facts(store), sales, WEEK)
    assert daily["spend"].fillna(-1).tolist() == [10, 0, 12, -1, -1, -1, -1]


def test_a_row_over_two_months_belongs_to_neither(store, load) -> None:
    rows = [ad(1, 1, 5, period_start=date(2026, 2, 27)), ad(2, 2, 10)]
    load(store, "ad_spend", rows)
    both = Period(date(2026, 2, 1), date(2026, 3, 31))
    found = facts(store, both).by(both, "month")
    assert found[["month", "spend"]].to_dict("split")["data"] == [[date(2026, 3, 1), 10]]


def test_another_currency_is_left_out_and_named(store, load) -> None:
    load(store, "ad_spend", [ad(2, 2, 10), ad(2, 2, 8, account="us", currency="USD")])
    assert facts(store).by(WEEK, "shop")["spend"].tolist() == [10]
    assert left_out(store) == {"currency": 8}


def test_the_channel_is_the_platform_where_the_report_brings_none(store, load) -> None:
    load(store, "ad_spend", [ad(2, 2, 10, channel=None)])
    assert facts(store).by(WEEK, "channel")["channel"].tolist() == ["Search ads"]


def test_returns_and_costs_of_a_period(store, load) -> None:
    load(store, "ad_spend", [
        ad(2, 2, 20, attributed_revenue=90.0, impressions=1000, clicks=50),
        ad(3, 3, 20, ad_platform="No claims", channel="display"),
    ])  # fmt: skip
    load(store, "ad_spend", [ad(3, 3, 60, attributed_revenue=30.0)], shop=OTHER)
    load(store, "orders", [sale(1, 1, 10, "old"), sale(2, 2, 100, "old"), sale(3, 3, 50, "new")])
    load(store, "orders", [sale(9, 3, 40, None)], shop=OTHER)
    found = spend_measures(store, resolve(store, Scope(period=WEEK)), WEEK)
    # Spend 20 + 20 + 60; sales of both advertising shops 100 + 50 + 40.
    assert (found["spend"], found["advertised_gmv"]) == (100.0, 190.0)
    assert metric("blended_roas").value(found) == 1.9
    # Claims: 90 + 30 over the 20 + 60 spent where a platform reports revenue at all.
    assert metric("platform_roas").value(found) == 1.5
    # One new buyer, in the shop that knows its customers and spent 40.
    assert metric("cac").value(found) == 40.0
    assert metric("cpc").value(found) == 2.0


def test_new_buyers_are_those_of_the_first_sale_ever(store, load) -> None:
    load(store, "orders", [
        sale(1, 1, 10, "old"), sale(2, 3, 10, "old"), sale(3, 3, 10, "new"), sale(4, 4, 10, "new"),
        sale(5, 4, 10, None),
    ])  # fmt: skip
    resolved = resolve(store, Scope(period=WEEK))
    rows = won_by(new_buyers(store, resolved, WEEK), WEEK, "month", "channel")
    assert rows.to_dict("split")["data"] == [[date(2026, 3, 1), "paid search", 1]]


def test_the_budget_of_a_period_is_its_share_of_each_months_days(store, load) -> None:
    load(store, "budgets", [
        {"month": date(2026, 2, 1), "channel": "x", "metric": "spend", "amount": 280.0},
        {"month": date(2026, 3, 1), "channel": "x", "metric": "spend", "amount": 310.0},
        {"month": date(2026, 3, 1), "channel": "y", "metric": "spend", "amount": 31.0},
        {"month": date(2026, 3, 1), "channel": "x", "metric": "revenue", "amount": 9999.0},
    ])  # fmt: skip
    period = Period(date(2026, 2, 27), date(2026, 3, 3))
    resolved = resolve(store, Scope(period=period))
    # 2 of 28 days of 280 and 3 of 31 days of 341.
    assert spend_measures(store, resolved, period)["budget"] == 20.0 + 33.0
    assert budgets_of(store, resolved, period)["amount"].sum() == 280 + 310 + 31 + 9999


def test_an_empty_store_knows_nothing(store) -> None:
    found = spend_measures(store, resolve(store, Scope(period=WEEK)), WEEK)
    assert set(found.values()) == {None}


def test_a_first_sale_is_that_of_the_shops_and_the_money_looked_at(store, load) -> None:
    """Ann begins in one shop and comes to the other; Bob in dollars, then in yuan; Cat twice."""
    load(
        store, "orders", [sale(1, 1, 10.0, "ann"), sale(2, 6, 10.0, "cat"), sale(3, 7, 9.0, "cat")]
    )
    there = [sale(4, 5, 10.0, "ann"), sale(6, 8, 10.0, "bob")]
    dollars = {**sale(5, 1, 10.0, "bob"), "currency": "USD"}
    load(store, "orders", [*there, dollars], shop=OTHER)

    def won(*shops: str) -> dict[tuple[str, date], int]:
        resolved = resolve(store, Scope(period=WEEK, shops=shops))
        rows = new_buyers(store, resolved, WEEK)
        return {(row.shop, row.day): row.new_buyers for row in rows.itertuples()}

    assert won("other") == {("other", date(2026, 3, 5)): 1, ("other", date(2026, 3, 8)): 1}
    assert won("shop") == {("shop", date(2026, 3, 6)): 1}
    assert won() == {("shop", date(2026, 3, 6)): 1, ("other", date(2026, 3, 8)): 1}
