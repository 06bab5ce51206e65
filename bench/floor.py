"""The floor: the eight usual answers by SQL written by hand for DuckDB, on the same database.

Visitors and views by day and by channel, the funnel of steps, revenue by day and by channel, the
best products, new and returning customers, monthly cohorts. Of one period, without comparison,
texts or rules: what no page can be faster than.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date

import duckdb

from bench.shop import ninety_days

_STEPS = ("view_item", "add_to_cart", "begin_checkout", "purchase")
_CUSTOMERS = """
    WITH first AS (SELECT {customer} AS who, min({day}) AS day FROM {orders} GROUP BY 1)
    SELECT first.day >= $1, count(DISTINCT {customer}), sum(paid_amount)
    FROM {orders} JOIN first ON first.who = {customer} WHERE {day} BETWEEN $1 AND $2 GROUP BY 1
"""
_COHORTS = """
    WITH first AS (
        SELECT {customer} AS who, date_trunc('month', min({day})) AS month FROM {orders} GROUP BY 1
    )
    SELECT first.month, date_diff('month', first.month, {day}), count(DISTINCT {customer})
    FROM {orders} JOIN first ON first.who = {customer} WHERE {day} <= $2 AND $1 <= $2 GROUP BY 1, 2
"""
_REACHED = """
    WITH reached AS ({reached})
    SELECT count(view_item), count(CASE WHEN add_to_cart >= view_item THEN 1 END),
        count(CASE WHEN begin_checkout >= add_to_cart THEN 1 END),
        count(CASE WHEN purchase >= begin_checkout THEN 1 END) FROM reached
"""


def _on_raw() -> list[str]:
    views = "count(DISTINCT visitor_id), count(CASE WHEN event_name = 'page_view' THEN 1 END)"
    seen = "FROM events WHERE event_date BETWEEN $1 AND $2"
    paid = "FROM orders WHERE paid_date BETWEEN $1 AND $2"
    firsts = ", ".join(
        f"min(CASE WHEN event_name = '{step}' THEN event_at END) AS {step}" for step in _STEPS
    )
    names = {"customer": "customer_key", "day": "paid_date", "orders": "orders"}
    return [
        f"SELECT event_date, {views} {seen} GROUP BY 1",
        f"SELECT source, medium, {views} {seen} GROUP BY 1, 2",
        _REACHED.format(reached=f"SELECT visitor_id, {firsts} {seen} GROUP BY 1"),
        f"SELECT paid_date, sum(paid_amount) {paid} GROUP BY 1",
        f"SELECT channel, sum(paid_amount) {paid} GROUP BY 1",
        "SELECT sku, sum(line_amount) FROM order_items JOIN orders USING (shop_id, order_id) "
        "WHERE paid_date BETWEEN $1 AND $2 GROUP BY 1 ORDER BY 2 DESC LIMIT 10",
        _CUSTOMERS.format(**names),
        _COHORTS.format(**names),
    ]


def _on_derived() -> list[str]:
    visits = "FROM sessions WHERE session_date BETWEEN $1 AND $2"
    firsts = ", ".join(f"min(first_{step}_at) AS {step}" for step in _STEPS)
    paid = "FROM daily_sales WHERE day BETWEEN $1 AND $2"
    names = {"customer": "customer", "day": "documents.day", "orders": "documents"}
    return [
        f"SELECT session_date, count(DISTINCT visitor_id), sum(page_views) {visits} GROUP BY 1",
        f"SELECT channel, count(DISTINCT visitor_id), sum(page_views) {visits} GROUP BY 1",
        _REACHED.format(reached=f"SELECT visitor_id, {firsts} {visits} GROUP BY 1"),
        f"SELECT day, sum(paid_amount) {paid} GROUP BY 1",
        f"SELECT channel, sum(paid_amount) {paid} GROUP BY 1",
        "SELECT sku, sum(amount) FROM daily_items WHERE day BETWEEN $1 AND $2 "
        "GROUP BY 1 ORDER BY 2 DESC LIMIT 10",
        _CUSTOMERS.format(**names),
        _COHORTS.format(**names),
    ]


def answers(
    connection: duckdb.DuckDBPyConnection, queries: list[str], start: date, end: date
) -> list[list[tuple[object, ...]]]:
    """The answers to all queries."""
    return [connection.execute(query, [start, end]).fetchall() for query in queries]


QUERIES = {"raw": _on_raw, "derived": _on_derived}


def _measure(database: str, runs: int) -> dict[str, float]:
    least = {}
    with duckdb.connect(database, read_only=True) as connection:
        for name, queries in QUERIES.items():
            waits = []
            for run in range(runs + 1):  # the first one brings pages into memory
                period = ninety_days(earlier=run)
                started = time.perf_counter()
                answers(connection, queries(), period.start, period.end)
                waits.append(time.perf_counter() - started)
            least[name] = min(waits[1:])
    return least


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], int(sys.argv[2]))))
