"""Exports are known by their headers."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ecom.ingest.recognition.layout import layout_from, layouts
from ecom.ingest.recognition.recognise import header_finder, recognise
from ecom.ingest.templates import write_templates

from .conftest import examined


def test_every_layout_recognises_its_own_header_and_no_other_does() -> None:
    for layout in layouts():
        match = recognise(layout.reference)
        assert match.layout is layout, layout.layout_id
        assert (match.confidence, match.tied) == ("exact", False), layout.layout_id


def test_published_headers_match_exactly_their_own_layout(shared_dir: Path) -> None:
    known = {layout.layout_id for layout in layouts()}
    exports = yaml.safe_load((shared_dir / "exports" / "exports.yaml").read_text("utf-8"))
    ours = ("own_targets", "own_feedback", "own_budget")  # our templates have moved on since
    for export in exports:
        match = recognise(export["headers"])
        found = match.layout.layout_id if match.layout else None
        if export["id"] in known and export["id"] not in ours:
            assert found == export["id"]
        elif export["id"] not in known:
            assert found is None, export["id"]


def test_headers_are_compared_without_marks_case_and_width() -> None:
    messy = [
        "\ufeff订单编号",
        "总金额 ",
        '"买家实际支付金额"',
        "订单创建时间\t",
        "订单付款时间",
        "退款金额",
    ]
    match = recognise(messy)
    assert match.layout is not None
    assert match.layout.layout_id == "tmall_order_report"
    wide = recognise(["推广类型", "消耗（元）", "直接支付ROI", "展示次数", "日期"])
    assert wide.layout is not None
    assert wide.layout.layout_id == "qianchuan_standard"


def test_an_unknown_table_names_the_nearest_export_and_what_is_missing() -> None:
    match = recognise(["InvoiceNo", "StockCode", "Description", "InvoiceDate"])
    assert match.layout is None
    assert "Online Retail" in str(match.problem)
    assert "Quantity" in str(match.problem)


def test_the_header_is_found_below_titles() -> None:
    rows = [
        ["店铺流量"],
        ["2026-01-01"],
        ["统计日期", "访客数", "浏览量"],
        ["2026-01-01", "1", "2"],
    ]
    assert header_finder()(rows) == 2


def test_every_template_can_be_loaded_as_it_is(tmp_path: Path) -> None:
    paths = write_templates(tmp_path)
    assert {path.stem for path in paths} == {x.layout_id for x in layouts() if x.template}
    for path in paths:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        (table,) = examined(path).tables
        assert table.layout is not None
        assert table.layout.layout_id == path.stem
        assert table.staged is not None
        assert table.staged.rows_rejected == 0


def test_a_layout_with_an_unknown_column_is_refused() -> None:
    data = {
        "id": "x", "platform": "x", "title": "x", "language": "en", "grain": "orders",
        "evidence": "own", "columns": {"orders.nonsense": ["a"]},
    }  # fmt: skip
    with pytest.raises(ValueError, match="nonsense"):
        layout_from(data, name="x.yaml")


def test_a_layout_that_does_not_say_how_it_is_known_is_refused() -> None:
    data = {
        "id": "x", "platform": "x", "title": "x", "language": "en", "grain": "orders",
        "columns": {"orders.order_id": ["a"]},
    }  # fmt: skip
    with pytest.raises(ValueError, match="evidence"):
        layout_from(data, name="x.yaml")
