"""Write docs/exports.md, the list of exports that are recognised: ``python -m docs.exports``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ecom.ingest import Layout, layouts
from ecom.ingest.recognition.layout import EVIDENCE

TARGET = Path(__file__).with_name("exports.md")

FILLS = {
    "orders": "orders",
    "order_items": "order lines",
    "refunds": "refunds",
    "payments": "payments",
    "customers": "customers",
    "products": "products",
    "product_costs": "unit costs",
    "sku_map": "sku names",
    "inventory_snapshots": "stock",
    "stock_movements": "stock movements",
    "listings": "market listings",
    "traffic_agg": "traffic counts",
    "events": "events",
    "ad_spend": "ad spend",
    "search_terms": "search words of ads",
    "content_daily": "content",
    "crm_campaigns": "messages to customers",
    "private_domain_daily": "private domain",
    "service_enquiries": "customer service",
    "budgets": "budgets",
    "targets": "targets",
    "calendar_events": "calendar",
    "feedback": "feedback",
    "experiment_assignments": "experiments",
    "experiment_results": "experiments",
}
# What ``EVIDENCE`` says in a sentence, in two words.
KNOWN_FROM = {
    "file": "a published file",
    "exact": "a published full list",
    "partial": "published in part",
    "memory": "memory",
    "own": "our template",
}
INTRO = """\
# Exports that are recognised

Written by `python -m docs.exports` from `ecom/ingest/layouts/`; do not edit.

An export is known by its headers, wherever they stand in the file and in whatever order, in csv,
tsv and xlsx. Columns that no rule names are left out; personal ones are never stored. A file that
no layout knows is refused with the columns it lacks; `python -m ecom templates DIR` writes our own
templates, which take data from anywhere.

No layout was checked against a live platform. *Known from* says what each rests on, the surest
first. A file that lacks a needed column is refused, and the Data page shows where every column goes
before anything is stored.
"""


def page(known: tuple[Layout, ...]) -> str:
    """The document."""
    return "\n".join([INTRO, *_evidence(known), "", *_table(known), ""])


def _evidence(known: tuple[Layout, ...]) -> Iterator[str]:
    for name, meaning in EVIDENCE.items():
        count = sum(layout.evidence == name for layout in known)
        if count:
            yield f"- **{KNOWN_FROM[name]}** ({count}): {meaning}"


def _table(known: tuple[Layout, ...]) -> Iterator[str]:
    yield "| export | platform | id | fills | known from | good to know |"
    yield "|---|---|---|---|---|---|"
    for layout in sorted(known, key=_order):
        tables = {rule.target.split(".")[0] for rule in layout.rules}
        if layout.orders.rows == "listed":  # the lines stand in a cell of the order
            tables.add("order_items")
        fills = ", ".join(words for table, words in FILLS.items() if table in tables)
        yield (
            f"| {layout.title} | {layout.platform} | `{layout.layout_id}` | {fills} "
            f"| {KNOWN_FROM[layout.evidence]} | {layout.note} |"
        )


def _order(layout: Layout) -> tuple[bool, str, int, str]:
    subject = list(FILLS).index(layout.grain)
    return layout.template, layout.platform, subject, layout.layout_id


def main() -> None:
    """Write the document."""
    TARGET.write_text(page(layouts()), encoding="utf-8")


if __name__ == "__main__":
    main()
