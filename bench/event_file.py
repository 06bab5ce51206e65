"""A made-up event log as a csv file of any length, the same on every run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from bench.columns import numbered, word

FIRST_SECOND = int(np.datetime64("2025-11-01", "s").astype(np.int64))
SECONDS = 365 * 86_400
_BLOCK = 500_000
_STEPS = ["page_view", "view_item", "add_to_cart", "begin_checkout", "purchase"]
_SOURCES = ["google", "(direct)", "facebook", "newsletter"]
_MEDIUMS = ["cpc", "(none)", "social", "email"]
_CAMPAIGNS = ["autumn-search-brand", "", "autumn-social-feed", "weekly-letter"]


def write_events(path: Path, rows: int, *, first: int = 0, seed: int = 7) -> None:
    """Write a year's events in the order they happened, about 100 bytes each.

    Visits of five events on average, half as many visitors as visits, one visit in thirty buys.

    Parameters
    ----------
    rows : in the file.
    first : number of the first order; a second file of the same shop starts higher.
    """
    random = np.random.default_rng(seed)
    visitors = numbered("v-1000", np.arange(max(1, rows // 10)))
    options = pa_csv.WriteOptions(quoting_style="none")
    with path.open("wb") as file:
        for start in range(0, rows, _BLOCK):
            count = min(_BLOCK, rows - start)
            span = (SECONDS * start // rows, SECONDS * (start + count) // rows)
            options.include_header = start == 0
            pa_csv.write_csv(_events(count, random, visitors, span, first + start), file, options)


def _events(
    count: int,
    random: np.random.Generator,
    visitors: pa.Array,
    span: tuple[int, int],
    number: int,
) -> pa.Table:
    visits = max(1, count // 5)
    visit = np.sort(random.integers(0, visits, count))
    starts = np.flatnonzero(np.r_[True, visit[1:] != visit[:-1]])
    nth = np.arange(count) - np.repeat(starts, np.diff(np.r_[starts, count]))
    second = random.integers(*span, visits)[visit] + 40 * nth
    order = np.argsort(second, kind="stable")
    visit, nth, second = visit[order], nth[order], second[order]
    deepest = random.choice(5, visits, p=[0.4, 0.4, 0.12, 0.05, 0.03])[visit]
    step = np.minimum(nth, deepest)
    origin = random.choice(4, visits, p=[0.4, 0.3, 0.2, 0.1])[visit]
    product = random.integers(0, 5_000, count)
    bought = step == 4
    moments = pa.array(second + FIRST_SECOND).cast(pa.timestamp("s", "UTC"))
    orders = numbered("A-", np.arange(number, number + count))
    return pa.table(
        {
            "event_time": moments.cast(pa.string()),
            "event_name": word(_STEPS, step),
            "visitor_id": visitors.take(pa.array(random.integers(0, len(visitors), visits)[visit])),
            "page": numbered("/products/", product % 200),
            "product_id": numbered("P-", product),
            "order_id": pc.if_else(pa.array(bought), orders, ""),
            "value": pa.array(np.where(bought, 5 + product % 400, 0)),
            "device": word(["mobile", "desktop"], (visit % 3 == 0).astype(int)),
            "source": word(_SOURCES, origin),
            "medium": word(_MEDIUMS, origin),
            "campaign": word(_CAMPAIGNS, origin),
        }
    )
