"""A mapping that starts from a known export keeps all that the export's layout says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecom.ingest import examine_for_store, import_files
from ecom.ingest.mappings import export_mapping, import_mapping, teach
from ecom.ingest.recognition.checking import check_mapping
from ecom.ingest.recognition.guess import guess
from ecom.ingest.recognition.layout import Layout, feeding, layout_from, layouts
from ecom.ingest.recognition.recognise import recognise
from ecom.ingest.recognition.taught import content_of, layout_of
from ecom.store import Store
from tests.conftest import empty_store
from tests.ingest.recognition.conftest import table

KNOWN = pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.layout_id)


@KNOWN
def test_a_layout_comes_back_from_its_content(layout: Layout) -> None:
    assert layout_from(content_of(layout), name="x") == layout


@KNOWN
def test_only_patterns_keep_a_layout_that_ships_from_being_shared(layout: Layout) -> None:
    content = content_of(layout) | {"evidence": "taught"}
    texts = [*layout.required, *(name for group in layout.required_any for name in group)]
    texts += [header for rule in layout.rules for header in rule.headers]
    if any(text.startswith("~") for text in texts):
        pytest.skip("header patterns are refused, see test_taught")
    checked = content_of(check_mapping(content))
    assert checked == content


@KNOWN
def test_put_right_by_hand_it_still_reads_the_same_columns(layout: Layout) -> None:
    raw = table(layout.reference, [])
    likely = guess(raw, nearest=layout)
    if likely.nearest is not layout:  # nothing of it is taken over, see test_renamed
        pytest.skip("its example does not have most of its columns")
    made = check_mapping(layout_of(likely, title="Ours", platform=layout.platform))
    seen = [column.header for column in likely.columns]
    wanted, got = feeding(layout, seen), feeding(made, seen)
    assert {target: got.get(target) for target in wanted} == wanted
    kinds = {rule.target: rule.kind for rule in layout.rules}
    assert {r.target: r.kind for r in made.rules}.items() >= {
        target: kinds[target] for target in wanted
    }.items()
    for name in ("sums", "joined", "once", "leave_out", "parent", "inherit", "orders", "constants"):
        assert getattr(made, name) == getattr(layout, name), name
    for target, words in layout.words.items():
        assert made.words[target].items() >= words.items()
    match = recognise(raw.headers, candidates=[*layouts(), made])
    assert (match.layout, match.confidence) == (made, "exact")


MELTED = (
    "Handle,Title,SKU,HS Code,COO,Berlin,Hamburg\n"
    "lamp,Lamp,L1,9405,DE,5,7\n"
    "bulb,Bulb,B1,9405,DE,0,2\n"
)  # fmt: skip


def test_locations_in_columns_stay_rows_in_a_taught_mapping(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "stock_2026-03-31.csv"
    path.write_text(MELTED, "utf-8")
    (examined,) = examine_for_store(store, path).tables
    assert examined.layout is not None
    assert examined.layout.layout_id == "shopify_inventory"
    assert examined.raw is not None
    assert examined.raw.headers[-2:] == ("Berlin", "Hamburg")  # as the file has them
    likely = guess(examined.raw, nearest=examined.layout)
    assert [column.header for column in likely.columns][-2:] == ["Location", "Available"]
    taught = teach(store, layout_of(likely, title="Our stock"), examined.raw.headers)
    with empty_store() as other:
        import_mapping(other, export_mapping(taught).encode())
        (outcome,) = import_files(other, [path])
        assert [batch.layout_id for batch in outcome.batches] == ["taught_1"]
        # Two products at two places each: 5 + 7 + 0 + 2 pieces.
        (account,) = outcome.accounts
        assert (account.read, account.new) == (4, 4)


def test_the_second_column_of_a_name_can_be_stored() -> None:
    raw = table(("No", "Paid", "Date", "Paid"), [("A1", "10.00", "2026-03-01", "9.00")])
    likely = guess(raw, grain="orders")
    targets = {0: "orders.order_id", 1: "", 2: "orders.created_at", 3: "orders.paid_amount"}
    content = layout_of(likely, title="Ours", targets=targets)
    assert content["columns"]["orders.paid_amount"] == ["Paid#2"]
    assert sorted(content["required"]) == ["Date", "No", "Paid"]
    made = check_mapping(content)
    assert feeding(made, raw.headers)["orders.paid_amount"] == (3,)
    assert recognise(raw.headers, candidates=[made]).layout is made


def test_a_column_that_is_called_so_is_not_the_second() -> None:
    raw = table(("Order #1", "Amount #2"), [("A1", "10.00")])
    targets = {0: "orders.order_id", 1: "orders.paid_amount"}
    made = check_mapping(layout_of(guess(raw, grain="orders"), title="Ours", targets=targets))
    assert feeding(made, raw.headers) == {"orders.order_id": (0,), "orders.paid_amount": (1,)}
