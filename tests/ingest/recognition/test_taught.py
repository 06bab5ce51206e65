"""A confirmed mapping is a layout of its store; shared files are checked before they count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ecom.ingest import examine_for_store, import_files, layouts
from ecom.ingest.mappings import export_mapping, import_mapping, layout_titles, teach
from ecom.ingest.recognition.checking import check_mapping
from ecom.ingest.recognition.guess import guess
from ecom.ingest.recognition.recognise import recognise
from ecom.ingest.recognition.shape import UnusableMapping
from ecom.ingest.recognition.sharing import mapping_from_yaml
from ecom.ingest.recognition.taught import header_key, layout_of
from ecom.store import Store
from tests.conftest import empty_store
from tests.ingest.recognition.conftest import table

HEADERS = ("流水", "成交日", "实付", "进度")
ROWS = (("A1", "2026-03-01", "40.00", "已付款"), ("A2", "2026-03-02", "60.00", "拼团中"))
TARGETS = {0: "orders.order_id", 1: "orders.created_at", 2: "orders.paid_amount"}


def content(**answers: str) -> dict[str, Any]:
    likely = guess(table(HEADERS, ROWS), grain="orders")
    targets = {**TARGETS, 3: "orders.status_raw"}
    return layout_of(likely, title="Corner shop", targets=targets, answers=answers)


def write(path: Path, headers: tuple[str, ...] = HEADERS) -> Path:
    path.write_text("\n".join(",".join(row) for row in (headers, *ROWS)) + "\n", "utf-8")
    return path


def test_answers_stand_in_the_layout() -> None:
    made = content(**{"status:拼团中": "unpaid", "currency": "CNY"})
    assert made["orders"]["status_map"]["拼团中"] == "unpaid"
    assert made["currency"] == "CNY"
    layout = check_mapping(made)
    assert (layout.evidence, layout.required) == ("taught", HEADERS)


def test_exactly_these_headers_go_before_every_other_layout(store: Store) -> None:
    taught = check_mapping(content())
    assert recognise(HEADERS[::-1], candidates=[*layouts(), taught]).confidence == "exact"
    more = recognise((*HEADERS, "备注说明"), candidates=[*layouts(), taught])
    assert (more.layout, more.confidence) == (taught, "likely")
    fewer = recognise(HEADERS[:3], candidates=[*layouts(), taught])
    assert fewer.layout is None


def test_a_taught_mapping_corrects_a_known_export(store: Store, tmp_path: Path) -> None:
    reference = next(x for x in layouts() if x.layout_id == "tmall_order_report").reference
    row = ("1", "10.00", "10.00", "浙江省", "2026-03-01 10:00:00", "2026-03-01 10:01:00", "0")
    raw = table(reference, [row])
    known = recognise(reference).layout
    likely = guess(raw, nearest=known)
    assert likely.nearest is known
    # Prefilled from the layout; the person stores the total as the goods' amount.
    assert likely.targets[1] == "orders.total_amount"
    changed = layout_of(likely, title="Ours", targets={1: "orders.goods_amount"})
    assert changed["orders"]["paid_excludes_refund"] == "always"  # kept from the layout
    teach(store, changed, raw.headers)
    path = tmp_path / "x.csv"
    path.write_text("\n".join(map(",".join, (reference, row))) + "\n", "utf-8")
    (examined,) = examine_for_store(store, path).tables
    assert examined.layout is not None
    assert (examined.layout.layout_id, examined.confidence) == ("taught_1", "exact")
    with empty_store() as other:
        (untaught,) = examine_for_store(other, path).tables
        assert untaught.layout is known


def test_one_renamed_header_is_a_variant_of_the_known_export() -> None:
    known = next(x for x in layouts() if x.layout_id == "tmall_order_report")
    renamed = tuple(h.replace("买家实际支付金额", "买家实付(元)") for h in known.reference)
    assert recognise(renamed).nearest is known
    row = ("1", "10.00", "10.00", "浙江省", "2026-03-01 10:00:00", "2026-03-01 10:01:00", "0")
    likely = guess(table(renamed, [row]), nearest=known)
    assert likely.nearest is known
    got = {one.header: one.target for one in likely.columns}
    assert got["买家实付(元)"] == "orders.paid_amount"  # guessed
    assert got["订单编号"] == "orders.order_id"  # taken over
    made = check_mapping(layout_of(likely, title="variant", platform="tmall"))
    assert recognise(renamed, candidates=[*layouts(), made]).layout is made


def test_the_history_keeps_the_title_of_a_deleted_mapping(store: Store, tmp_path: Path) -> None:
    teach(store, content(), HEADERS)
    assert import_files(store, [write(tmp_path / "a.csv")])[0].problem is None
    store.delete_mapping(1)
    (batch,) = store.batches()["layout_id"]
    assert layout_titles(store)[batch] == "Corner shop"
    assert import_files(store, [write(tmp_path / "b.csv")])[0].problem is not None


def test_a_changed_mapping_reads_the_same_file_anew(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv")
    teach(store, content(**{"status:拼团中": "paid"}), HEADERS)
    import_files(store, [path])
    teach(store, content(**{"status:拼团中": "unpaid"}), HEADERS)
    (outcome,) = import_files(store, [path])
    assert not outcome.batches[0].already_loaded
    assert outcome.accounts[0].changed == 1  # A2 is unpaid now


def test_a_shared_mapping_works_in_another_store(store: Store, tmp_path: Path) -> None:
    text = export_mapping(teach(store, content(), HEADERS))
    assert yaml.safe_load(text)["headers"] == list(HEADERS)
    with empty_store() as other:
        taught = import_mapping(other, text.encode())
        assert (taught.title, taught.header_key) == ("Corner shop", header_key(HEADERS))
        assert import_files(other, [write(tmp_path / "a.csv")])[0].problem is None


ID = {"orders.order_id": ["流水"]}
BOMB = "a: &a [x]\nb: &b [*a, *a, *a]\ncolumns: {orders.order_id: *b}\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"columns": {"orders.nonsense": ["A"]}}, "no column “orders.nonsense”"),
        ({"columns": {"orders.batch_id": ["A"]}}, "no column “orders.batch_id”"),
        ({"columns": {"orders.order_id": ["~(a+)+$"]}}, "Patterns such as"),
        ({"columns": {"orders.order_id": ["A"], "orders.channel": ["手机号"]}}, "about a person"),
        ({"columns": {"orders.order_id": "A"}}, "list of headers"),
        ({"columns": {"orders.channel": ["A"]}}, "needs a column for “Order number”"),
        ({"columns": {}}, "stores no column"),
        ({"kinds": {"orders.order_id": "spell"}}, "can't be read as “spell”"),
        ({"grain": "store_meta"}, "no kind of table"),
        ({"orders": {"rows": "many"}}, "“rows” can't be “many”"),
        ({"orders": {"status_map": {"x": "gone"}}}, "status_map"),
        ({"orders": {"returns": "("}}, "no pattern"),
        ({"orders": {"spell": "x"}}, "not sound"),
        ({"constants": {"orders.nonsense": "1"}}, "no column “orders.nonsense”"),
        ({"constants": {"orders.batch_id": "1"}}, "no column “orders.batch_id”"),
        ({"constants": {"orders.customer_key": "me"}}, "keyed hashes"),
        ({"constants": {"orders.created_at": "2026-01-01"}}, "can't be “2026-01-01”"),
        (
            {"kinds": {"orders.channel": "money"}, "columns": {**ID, "orders.channel": ["B"]}},
            "can't be read as “money”",
        ),
        ({"required": ["~(a+)+$"]}, "Patterns such as"),
        ({"required_any": [["A", "~(a+)+$"]]}, "Patterns such as"),
        ({"required_any": ["A"]}, "list of words"),
        ({"words": {"orders.nonsense": {"a": "b"}}}, "no column “orders.nonsense”"),
        ({"words": {"orders.channel": ["a"]}}, "one word for each column"),
        ({"words": {"orders.paid_amount": {"a": "b"}}}, "“words” can't work on"),
        ({"words": {"orders.customer_key": {"a": "b"}}}, "“words” can't work on"),
        ({"leave_out": {"orders.paid_amount": ["0"]}}, "“leave_out” can't work on"),
        ({"leave_out": {"orders.channel": "test"}}, "list of words for each column"),
        ({"once": ["orders.channel"]}, "“once” can't work on"),
        (
            {"sums": {"orders.paid_amount": ["orders.total_amount", "-orders.channel"]}},
            "“sums” can't work on “orders.channel”",
        ),
        ({"sums": {"orders.channel": ["orders.region"]}}, "“sums” can't work on"),
        ({"sums": {"orders.paid_amount": ["orders.nonsense"]}}, "no column “orders.nonsense”"),
        ({"joined": {"orders.customer_key": ["orders.order_id"]}}, "“joined” can't work on"),
        ({"joined": {"orders.order_id": ["orders.paid_amount"]}}, "“joined” can't work on"),
        ({"inherit": ["store_meta.value"]}, "no column “store_meta.value”"),
        ({"group": "orders.batch_id"}, "no column “orders.batch_id”"),
        ({"melt": {"name": "A"}}, "“melt” must be"),
        ({"melt": {"name": "A", "value": "B", "pattern": "("}}, "“melt” is no pattern"),
        ({"melt": {"name": "A", "value": "B", "pattern": "(a)\\1"}}, "“melt” is no pattern"),
        ({"orders": {"day_in_id": "^(\\d{6})"}}, "“day_in_id” is no pattern"),
        ({"orders": {"negative_is_refund": "yes"}}, "true or false"),
        ({"orders": {"line_cancelled": "gone"}}, "list of words"),
        ({"date_order": "ydm"}, "“date_order” can't be “ydm”"),
        ({"decimal": "dot"}, "“decimal” can't be “dot”"),
        ({"timezone": "Mars/Base"}, "“timezone” can't be “Mars/Base”"),
        ({"timezone": "../../etc/passwd"}, "“timezone” can't be"),
        ({"row_cap": -1}, "whole number"),
        ({"merge": "yes"}, "true or false"),
        ({"title": ""}, "needs a title"),
        ({"headers": []}, "which headers"),
    ],
)
def test_an_unsound_mapping_is_refused_with_a_sentence(
    store: Store, change: dict[str, Any], said: str
) -> None:
    shared = {**content(), "headers": list(HEADERS), **change}
    with pytest.raises(UnusableMapping, match=said):
        import_mapping(store, yaml.safe_dump(shared, allow_unicode=True).encode())
    assert store.mappings() == ()


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system [ls]",
        BOMB,
        "[" * 5000,
        "- just\n- a list",
        "a: [1",
        "when: 2026-99-99",
        "x" * 300_000,
        "",
    ],
    ids=["code", "bomb", "deep", "list", "broken", "date", "long", "empty"],
)
def test_hostile_files_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(UnusableMapping):
        mapping_from_yaml(text)


REFUNDS = {
    "grain": "refunds", "title": "x", "platform": "own", "evidence": "taught", "id": "taught_0",
    "language": "en", "kinds": {}, "required": ["No"], "reference": ["No", "Sum", "State"],
    "columns": {"refunds.refund_id": ["No"], "refunds.amount": ["Sum"]},
}  # fmt: skip
STATES = {"refunds.refund_id": ["No"], "refunds.amount": ["Sum"], "refunds.status": ["State"]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        # A status that nobody translated would be counted as nothing.
        ({"columns": STATES}, "“refunds.status” needs words"),
        ({"columns": STATES, "words": {"refunds.status": {"ok": "paid"}}}, "can't be “paid”"),
        ({"constants": {"refunds.status": "done"}}, "can't be “done”"),
    ],
)
def test_what_became_of_a_refund_is_said_in_our_words(change: dict[str, Any], said: str) -> None:
    with pytest.raises(UnusableMapping, match=said):
        check_mapping(REFUNDS | change)
    check_mapping(REFUNDS | {"columns": STATES, "words": {"refunds.status": {"ok": "refunded"}}})


def test_customers_are_never_stored_in_the_clear() -> None:
    made = content()
    made["columns"]["orders.customer_key"] = ["流水"]
    made["kinds"]["orders.customer_key"] = "text"
    with pytest.raises(UnusableMapping, match="keyed hashes"):
        check_mapping(made)


def test_an_order_of_days_that_was_told_is_not_doubted(store: Store, tmp_path: Path) -> None:
    headers, row = ("Order No", "Order Date", "Amount Paid"), ("A1", "01/02/2026", "10.00")
    likely = guess(table(headers, [row]))
    path = tmp_path / "a.csv"
    path.write_text("\n".join(map(",".join, (headers, row))) + "\n", "utf-8")
    for told, day in (("mdy", "2026-01-02"), ("dmy", "2026-02-01")):
        teach(store, layout_of(likely, title="x", answers={"date_order": told}), headers)
        (examined,) = examine_for_store(store, path).tables
        assert str(examined.preview["order_date"][0])[:10] == day
        assert "AMBIGUOUS_DATE" not in {one.code for one in examined.findings}
