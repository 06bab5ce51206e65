from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from ecom.demo import generate, write_samples
from ecom.errors import InvalidParameter

END = date(2026, 11, 22)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".xlsx"
    }


def test_the_same_seed_and_end_give_the_same_bytes(tmp_path):
    first = generate(tmp_path / "a", end=END, days=40, scale=0.05)
    second = generate(tmp_path / "b", end=END, days=40, scale=0.05)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    workbooks = [file.path for file in first.files if file.path.suffix == ".xlsx"]
    assert workbooks
    for path in workbooks:
        twin = tmp_path / "b" / path.relative_to(tmp_path / "a")
        pd.testing.assert_frame_equal(pd.read_excel(path), pd.read_excel(twin))
    assert first.truth == second.truth


def test_another_seed_gives_other_orders(tmp_path):
    generate(tmp_path / "a", end=END, days=40, scale=0.05)
    generate(tmp_path / "b", end=END, days=40, scale=0.05, seed=7)
    name = "own-site/orders_export_2026H2.csv"
    assert hashes(tmp_path / "a")[name] != hashes(tmp_path / "b")[name]


def test_headers_are_those_of_the_collected_exports(demo, shared_dir):
    layouts = yaml.safe_load((shared_dir / "exports" / "exports.yaml").read_text("utf-8"))
    headers = {layout["id"]: layout["headers"] for layout in layouts}
    # Columns users add when they export or merge.
    added = {
        "sycm_shop_source": {"统计日期"},
        "sycm_keyword_source": {"统计日期"},
        "wanxiangtai_item": {"场景名字"},
        "qianchuan_standard": {"日期"},
        "google_ads_campaign": {"Day"},
    }
    checked = set()
    for file in demo.exports.files:
        layout = file.layout_id
        if layout in headers and layout not in checked and not layout.startswith("own_"):
            found = [
                # The currency is part of Meta's header; the collected file is a British one.
                name.replace("(CNY)", "(GBP)")
                for name in demo.read(file.shop.shop_id, layout).columns
            ]
            assert [name for name in found if name not in added.get(layout, ())] == headers[layout]
            checked.add(layout)
    assert len(checked) == 12


def test_own_templates_have_the_agreed_headers(demo):
    expected = {
        "own_events": "event_time,event_name,visitor_id,session_id,customer_id,page,referrer,"
        "product_id,sku,category,order_id,quantity,value,currency,device,region,source,medium,"
        "campaign",
        "own_traffic": "date,channel,device,visitors,page_views,sessions,bounced_sessions,"
        "new_visitors,cart_visitors,order_buyers,paid_buyers,paid_orders,paid_amount,stay_seconds",
        "own_stock": "date,warehouse,sku,product_name,category,on_hand,reserved,inbound,unit_cost,"
        "lead_time_days,supplier",
        "own_products": "sku,product_id,product_name,category,brand,price,unit_cost,status,"
        "listed_on",
        "own_product_costs": "sku,valid_from,unit_cost,currency",
        "own_budget": "month,channel,category,metric,amount,currency",
        "own_targets": "period_start,period_end,level,metric,value,owner",
        "own_calendar": "name,kind,start_date,end_date",
        "own_feedback": "date,feedback_id,channel,order_id,product_id,score_type,score,comment",
    }
    files = {file.layout_id: file for file in demo.exports.files}
    for layout, header in expected.items():
        found = demo.read(files[layout].shop.shop_id, layout)
        assert ",".join(found.columns) == header


def test_a_demo_that_is_too_short_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(InvalidParameter, match=r"7 days is too short.*28"):
        generate(tmp_path, end=END, days=7)


def test_a_scale_of_nothing_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(InvalidParameter, match="scale 0"):
        generate(tmp_path, end=END, scale=0)


def test_progress_rises_to_one(tmp_path):
    heard = []
    generate(tmp_path, end=END, days=30, scale=0.02, progress=lambda done, what: heard.append(done))
    assert heard == sorted(heard)
    assert heard[0] == 0
    assert heard[-1] == 1


def test_truth_is_written_beside_the_files(demo):
    written = json.loads((demo.folder / "truth.json").read_text("utf-8"))
    assert written["end"] == "2026-11-22"
    assert {each["cause"] for each in written["anomalies"]} == {
        "creative_worn_out", "rule_change", "broken_landing_page", "stock_out", "refund_wave",
    }  # fmt: skip
    assert len(written["responses"]) == 4


def test_samples_are_small_and_described(tmp_path):
    exports = write_samples(tmp_path)
    sizes = [path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()]
    assert max(sizes) < 400_000
    assert sum(sizes) < 3_000_000
    readme = (tmp_path / "README.md").read_text("utf-8")
    for file in exports.files:
        assert file.path.relative_to(tmp_path).as_posix() in readme
    assert "synthetic, made by this project" in readme


def test_committed_samples_are_what_the_code_writes(tmp_path):
    committed = Path(__file__).parents[2] / "data" / "samples"
    write_samples(tmp_path)
    assert hashes(committed) == hashes(tmp_path)
