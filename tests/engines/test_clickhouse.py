"""ClickHouse: states that are committed by name, writers that take turns, faults in words."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from sqlalchemy import create_engine, insert, make_url, select
from sqlalchemy.exc import DBAPIError

from ecom.errors import Cancelled, StoreError
from ecom.schema import orders, shops
from ecom.store import Store, open_store
from ecom.store.clickhouse import generations, support
from ecom.store.clickhouse.ddl import create_table
from ecom.store.clickhouse.dialect import StoreDialect
from tests.conftest import ROOT, stage
from tests.engines.servers import servers


@pytest.fixture(params=["clickhouse", "cluster"])
def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(generations, "FRESH_SECONDS", 0.0)  # others' writes are seen at once
    made = servers[request.param].empty(is_kept=True)
    yield made
    servers[request.param].drop(made)


def order(number: int, amount: int = 10) -> dict[str, Any]:
    return {"order_id": f"o{number}", "kind": "sale", "status": "paid", "paid_amount": amount}


def load(store: Store, *numbers: int, when: int = 1) -> None:
    rows = [order(number) for number in numbers]
    store.load(stage("orders", rows, when=datetime(2026, 1, when)))


def known(store: Store) -> list[str]:
    return sorted(store.read(select(orders.c.order_id))["order_id"])


def _add_shop(store: Store, meanwhile: Callable[[], object]) -> None:
    with store.transaction() as connection:
        connection.execute(insert(shops).values(shop_id="new"))
        meanwhile()


def databases(url: str) -> list[str]:
    """What the server has of a store, by the ends of the names."""
    start = f"{make_url(url).database}_"
    server = make_url(url).set(database="default").difference_update_query(["cluster"])
    engine = create_engine(server)
    with engine.connect() as connection:
        names = [name for (name,) in connection.exec_driver_sql("SHOW DATABASES").fetchall()]
    engine.dispose()
    ends = sorted(name.removeprefix(start) for name in names if name.startswith(start))
    return [end for end in ends if end != "shards"]


def test_a_reader_sees_the_state_before_while_one_writes(url: str) -> None:
    with open_store(url) as store, open_store(url) as other:
        load(store, 1)
        with store.transaction() as connection:
            connection.execute(insert(shops).values(shop_id="new"))
            assert connection.execute(select(shops.c.shop_id)).scalars().all().count("new") == 1
            assert [shop.shop_id for shop in other.shops()] == ["shop"]
        assert store.shops()[0].shop_id == "new"


def test_a_query_that_runs_keeps_its_state_through_many_writes(url: str) -> None:
    with open_store(url) as store:
        load(store, 1)
        engine = store._engine
        with support.reading(engine) as connection:
            for number in range(2, 4):
                load(store, number, when=number)
            found = connection.execute(select(orders.c.order_id)).scalars().all()
        assert found == ["o1"]
        assert known(store) == ["o1", "o2", "o3"]


def test_what_fails_or_is_only_looked_at_leaves_nothing_behind(url: str) -> None:
    with open_store(url) as store:
        load(store, 1)
        before = databases(url)
        store.plan(stage("orders", [order(2)]))
        with pytest.raises(ZeroDivisionError):
            _add_shop(store, lambda: 1 / 0)
        assert databases(url) == before
        assert known(store) == ["o1"]


def test_old_states_go_and_tables_they_share_with_newer_ones_stay(url: str) -> None:
    with open_store(url) as store:
        for number in range(1, 7):
            load(store, number, when=number)
        store.save_settings(store.settings)
        assert len([name for name in databases(url) if name[0] == "w"]) == 0
        assert known(store) == [f"o{number}" for number in range(1, 7)]
        # the first still has the tables that nobody ever wrote to
        assert len(databases(url)) <= 5


def test_writers_of_several_stores_take_turns(url: str) -> None:
    def work(part: int) -> None:
        with open_store(url) as store:
            for number in range(3):
                load(store, part * 10 + number, when=part * 3 + number + 1)

    threads = [threading.Thread(target=work, args=(part,)) for part in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_store(url) as store:
        assert known(store) == ["o0", "o1", "o10", "o11", "o12", "o2"]
        assert list(store.batches()["store_version"]) == [6, 5, 4, 3, 2, 1]


def test_who_waits_for_a_writer_can_be_called_off(url: str) -> None:
    with open_store(url) as store, open_store(url) as other:
        asked = iter([False, False, True])
        with store.transaction(), pytest.raises(Cancelled):
            other.load(stage("orders", [order(1)]), cancelled=lambda: next(asked, True))
        load(other, 2)


def test_a_writer_that_was_taken_for_dead_commits_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "SILENT_SECONDS", 0.5)  # its pulse beats more slowly
    with open_store(url) as slow, open_store(url) as quick:
        with pytest.raises(StoreError, match="got in the way"):
            _add_shop(slow, lambda: load(quick, 1))
        assert [shop.shop_id for shop in slow.shops()] == ["shop"]
        load(slow, 2, when=2)
        assert known(quick) == ["o1", "o2"]


@pytest.mark.parametrize("place", ["", "&cluster=two"])
def test_a_killed_writer_is_followed_by_the_next(tmp_path: Path, place: str) -> None:
    """Processes one after another: the embedded engine is one process's at a time."""
    url = f"clickhousedb:///shop?interface=chdb&path={tmp_path / 'engine'}{place}"
    killed = f"""
        with open_store({url!r}) as store:
            store.load(stage("orders", [{order(1)!r}]))
            with store.transaction() as connection:
                connection.execute(insert(shops).values(shop_id="never"))
                os.kill(os.getpid(), signal.SIGKILL)
    """
    following = f"""
        generations.SILENT_SECONDS = 0.5
        with open_store({url!r}) as store:
            store.load(stage("orders", [{order(2)!r}]))
            found = [shop.shop_id for shop in store.shops()]
            print(json.dumps([found, sorted(store.read(select(orders.c.order_id))["order_id"])]))
    """
    assert _process(tmp_path, killed).returncode == -signal.SIGKILL
    followed = _process(tmp_path, following)
    assert followed.returncode == 0, followed.stderr
    assert json.loads(followed.stdout) == [["shop"], ["o1", "o2"]]


def _process(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    lines = f"""
        import json, os, pathlib, signal
        from sqlalchemy import insert, select
        from ecom.schema import orders, shops
        from ecom.store import open_store
        from ecom.store.clickhouse import generations
        from tests.conftest import stage
        from tests.engines.shards import know_two_shards
        know_two_shards(pathlib.Path({str(folder)!r}))
    """
    script = textwrap.dedent(lines) + textwrap.dedent(body)
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)


def test_tables_are_sorted_by_what_queries_narrow_them_to() -> None:
    statement = create_table(orders, StoreDialect(), database="shop_w1")
    assert "ORDER BY tuple(`shop_id`, `paid_date`, `order_id`)" in statement
    for column in (
        "`order_id` String,",
        "`shop_id` LowCardinality(String),",
        "`channel` LowCardinality(Nullable(String)),",
        "`paid_at` Nullable(DateTime64(6, 'UTC')),",
        "`paid_date` Nullable(Date32),",
        "`paid_amount` Nullable(Decimal(18, 4)),",
        "`is_current` Bool",
    ):
        assert column in statement


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("clickhousedb://localhost", "can't be the name of a database"),
        ("clickhousedb://localhost/my-shop", "“my-shop” can't be the name"),
        ("clickhousedb://someone:secret@127.0.0.1:1/shop", "does not answer"),
    ],
)
def test_urls_that_lead_nowhere_are_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as raised:
        open_store(url)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (516, "refuses the user or the password"),
        (497, "lacks a right: Code: 497. No."),
        (241, "too little memory"),
        (243, "disk is full"),
        (252, "still busy"),
        (164, "read-only"),
        (159, "took too long"),
        (81, "got in the way"),
        (62, None),
    ],
)
def test_faults_are_told_by_their_number(code: int, words: str | None) -> None:
    fault = DatabaseError(f"Code: {code}. No.\nDB::Exception", code=code)
    explained = support.explain(DBAPIError("SELECT 1", None, fault))
    assert (words is None) == (explained is None)
    assert explained is None or words in str(explained)  # type: ignore[operator]  # never None here
