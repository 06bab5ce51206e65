"""``coverage`` and ``reconcile`` print what the data page shows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from ecom.store import open_store
from tests.cli.conftest import Run
from tests.conftest import stage


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Orders of 10 and 20 on 1 and 2 March; an export that says the same, and ads two days on."""
    address = f"duckdb:///{tmp_path / 'shop.duckdb'}"
    orders = [
        {"order_id": f"o{n}", "kind": "sale", "status": "paid", "order_date": date(2026, 3, n),
         "paid_date": date(2026, 3, n), "paid_amount": 10.0 * n}
        for n in (1, 2)
    ]  # fmt: skip
    told = [
        {"source": "sycm", "grain": "shop", "hour": -1, "period_start": date(2026, 3, n),
         "period_end": date(2026, 3, n), "paid_amount": 10.0 * n}
        for n in (1, 2)
    ]  # fmt: skip
    ads = [{"ad_platform": "x", "level": "campaign", "spend": 1.0,
            "period_start": date(2026, 3, 4), "period_end": date(2026, 3, 4)}]  # fmt: skip
    with open_store(address) as store:
        store.load(stage("orders", orders), stage("traffic_agg", told), stage("ad_spend", ads))
    return address


def test_coverage_as_text_and_as_json(run: Run, url: str) -> None:
    text = run("coverage", url=url)
    assert text.status == 0
    assert "Sources that end before 4 Mar 2026: 2 of 3." in text.out
    assert "3 Mar – 4 Mar 2026" in text.out
    answer = json.loads(run("coverage", "--json", url=url).out)
    assert answer["newest"] == "2026-03-04"
    assert len(answer["gaps"]["rows"]) == 2


def test_reconcile_as_text_and_as_json(run: Run, url: str) -> None:
    assert "Paid amount: Sycm" in run("reconcile", url=url).out
    answer = json.loads(run("reconcile", "--json", url=url).out)
    (check,) = [one for one in answer["checks"] if one["spec"]["key"] == "traffic_amount"]
    assert (check["verdict"], check["gap"]["reported"]) == ("agrees", 30.0)


def test_reconcile_takes_days(run: Run, url: str) -> None:
    given = ("reconcile", "--json", "--from", "2026-03-02", "--to", "2026-03-02")
    answer = json.loads(run(*given, url=url).out)
    (check,) = [one for one in answer["checks"] if one["spec"]["key"] == "traffic_amount"]
    assert check["gap"]["reported"] == 20.0
    assert run("reconcile", "--from", "yesterday", url=url).status != 0
