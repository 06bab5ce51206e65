"""A store on a cluster: large tables on two shards, tried out before it is trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Connection,
    Integer,
    Select,
    delete,
    func,
    literal_column,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import CompileError

from ecom.errors import StoreError
from ecom.schema import events, metadata, orders, sessions, shops, touched_visitors
from ecom.store import Store, open_store
from ecom.store.clickhouse import opening, self_check, sharded_dialect
from ecom.store.clickhouse.ddl import SHARDED, create_part
from ecom.store.clickhouse.dialect import HOMES, Statements, StoreDialect
from ecom.store.clickhouse.opening import _found, _write_to_all_replicas
from ecom.store.clickhouse.sharded_dialect import ShardedDialect, ShardedStatements
from ecom.store.clickhouse.sharding import Cluster, ShardedTables
from tests.conftest import stage
from tests.engines.servers import servers

SHARD = literal_column("_shard_num", Integer)


@pytest.fixture
def url() -> Iterator[str]:
    made = servers["cluster"].empty(is_kept=True)
    yield made
    servers["cluster"].drop(made)


def event(number: int, day: date | None, visitor: str = "") -> dict[str, Any]:
    return {
        "event_id": f"e{number:03}",
        "event_name": "page_view",
        "event_date": day,
        "event_at": None if day is None else datetime(day.year, day.month, day.day),
        "visitor_id": visitor or f"v{number}",
        "value": float(number),
    }


def sql(query: Select[Any]) -> str:
    return " ".join(str(query.compile(dialect=ShardedDialect())).split())


# --- where rows lie ---------------------------------------------------------------------------


def test_rows_lie_on_both_shards_and_those_of_a_visitor_on_one(url: str) -> None:
    rows = [event(number, date(2026, 1 + number % 3, 1), f"v{number % 20}") for number in range(60)]
    with open_store(url) as store:
        store.load(stage("events", rows))
        found = store.read(select(events.c.visitor_id, SHARD.label("shard")))
        assert len(found) == 60
        assert set(found["shard"]) == {1, 2}
        assert found.groupby("visitor_id")["shard"].nunique().eq(1).all()
        assert store.read(select(func.count()).select_from(sessions)).iat[0, 0] == 60


def test_the_large_tables_are_on_the_shards_and_the_others_on_one_server(url: str) -> None:
    with open_store(url) as store, store.transaction() as connection:
        homes = connection.get_execution_options()[HOMES]
        engines = {
            name: connection.exec_driver_sql(
                f"SELECT engine FROM system.tables WHERE database = '{home}' AND name = '{name}'"
            ).scalar()
            for name, home in homes.items()
        }
    assert {name for name, engine in engines.items() if engine == "Distributed"} == set(SHARDED)
    assert set(engines) == set(metadata.tables)


def test_replicas_are_asked_for_where_the_cluster_has_them() -> None:
    assert Cluster("c", (1, 1)).engine == "MergeTree"
    assert Cluster("c", (2, 2)).engine == "ReplicatedMergeTree"
    made = create_part(
        events, StoreDialect(), place="`d`.`e_1`", cluster="`c`", engine="ReplicatedMergeTree"
    )
    assert made.startswith("CREATE TABLE `d`.`e_1` ON CLUSTER `c` (`event_id` String")
    assert "ENGINE = ReplicatedMergeTree PARTITION BY toYYYYMM(`event_date`) ORDER BY" in made


# --- statements -------------------------------------------------------------------------------


def test_what_is_joined_goes_to_all_shards_and_the_large_table_stays() -> None:
    on = touched_visitors.c.visitor_id == events.c.visitor_id
    small_first = select(events.c.value).select_from(touched_visitors.join(events, on))
    assert "`events` GLOBAL INNER JOIN `@`.`touched_visitors` ON" in sql(small_first)
    outer = select(events.c.value).select_from(touched_visitors.outerjoin(events, on))
    assert "`touched_visitors` GLOBAL LEFT OUTER JOIN `@`.`events` ON" in sql(outer)
    other = events.alias("other")
    both = events.join(other, other.c.event_id == events.c.event_id)
    assert "`events` GLOBAL INNER JOIN `@`.`events` AS `other` ON" in sql(
        select(events.c.value).select_from(both)
    )


def test_lists_that_are_asked_for_go_to_all_shards() -> None:
    known = select(shops.c.shop_id)
    assert "`shop_id` GLOBAL IN (SELECT" in sql(select(events).where(events.c.shop_id.in_(known)))
    assert "GLOBAL NOT IN (SELECT" in sql(select(events).where(events.c.shop_id.not_in(known)))
    assert "GLOBAL" not in sql(select(events).where(events.c.shop_id.in_(["a", "b"])))


def test_a_full_join_of_a_large_table_is_refused() -> None:
    on = orders.c.shop_id == shops.c.shop_id
    with pytest.raises(CompileError):
        sql(select(orders.c.shop_id).select_from(orders.join(shops, on, full=True)))
    small_first = select(orders.c.shop_id).select_from(shops.join(orders, on, full=True))
    assert "FULL OUTER" in sql(small_first)


def test_no_shard_is_asked_for_what_only_one_server_has(url: str) -> None:
    """What the other tests rely on: the engine here would have the table at hand."""
    with open_store(url) as store:
        store.load(stage("events", [event(number, date(2026, 1, 1)) for number in range(9)]))
        with store._engine.connect() as connection:
            homes = store._support._generations[store._engine].newest()  # type: ignore[attr-defined]
            joined = text(
                f"SELECT count() FROM {homes['events']}.events JOIN {homes['shops']}.shops "
                "ON shops.shop_id = events.shop_id"
            )
            with pytest.raises(Exception, match="not on this shard"):
                connection.execute(joined)


# --- changes ----------------------------------------------------------------------------------

NUMBERS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 5), st.none() | st.integers(0, 3)),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=NUMBERS, doomed=st.integers(0, 5), limit=st.integers(0, 3))
def test_changes_are_those_of_one_server(
    url: str, rows: list[tuple[int, int, int | None]], doomed: int, limit: int
) -> None:
    """Rows of several months, some without a value: what a condition does not know it leaves."""
    written = [
        {**event(number, date(2026, month, 1), f"v{visitor}"), "value": value}
        for number, (month, visitor, value) in enumerate(rows)
    ]
    kept = [
        (f"e{number:03}", value is None or value >= limit)
        for number, (_, visitor, value) in enumerate(rows)
        if visitor != doomed
    ]
    with open_store(url) as store:
        batch = store.load(stage("events", written))[0]
        with store.transaction() as connection:
            connection.execute(delete(events).where(events.c.visitor_id == f"v{doomed}"))
            connection.execute(
                update(events).where(events.c.value < limit).values(is_current=~events.c.is_current)
            )
            found = connection.execute(select(events.c.event_id, events.c.is_current)).all()
            assert sorted((name, bool(is_current)) for name, is_current in found) == kept
        store.undo(batch.batch_id)
        assert store.read(select(events.c.event_id)).empty


def test_only_the_months_that_a_change_meets_are_written_anew(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked: list[set[str] | None] = []
    link = ShardedTables._link

    def listening(self: ShardedTables, part: str, source: str, *, months: Any) -> None:
        linked.append(None if months is None else set(months))
        link(self, part, source, months=months)

    monkeypatch.setattr(ShardedTables, "_link", listening)
    rows = [event(number, date(2026, 1 + number, 1)) for number in range(4)]
    with open_store(url) as store:
        store.load(stage("events", [*rows, event(9, None)]))
        linked.clear()
        with store.transaction() as connection:
            connection.execute(delete(events).where(events.c.event_date == date(2026, 2, 1)))
            connection.execute(delete(events).where(events.c.event_id == "nobody's"))
        (months,) = linked
        assert months is not None
        assert len(months) == 4  # one of them of events without a day
        assert {"202601", "202603", "202604"} < months
        assert len(store.read(select(events.c.event_id))) == 4


def test_parts_that_no_state_shows_are_dropped(url: str) -> None:
    with open_store(url) as store:
        for number in range(6):
            store.load(stage("events", [event(number, date(2026, 1, 1))]))
        with store.transaction() as connection:
            connection.execute(delete(events).where(events.c.value < 2))
            connection.execute(delete(events).where(events.c.value < 4))
        store.save_settings(store.settings)
        # Three states are kept; the last two show the same events.
        assert _parts(store, url)["events"] == 2
        assert len(store.read(select(events.c.event_id))) == 2


def _parts(store: Store, url: str) -> Counter[str]:
    with store._engine.connect() as connection:
        names = connection.exec_driver_sql(
            f"SELECT name FROM system.tables WHERE database = '{make_url(url).database}_shards'"
        ).scalars()
        return Counter(name.rsplit("_", 2)[0] for name in names)


# --- where it may be opened ---------------------------------------------------------------------


def test_a_store_is_opened_where_it_was_made(url: str) -> None:
    without = make_url(url).difference_update_query(["cluster"])
    with pytest.raises(StoreError, match=r"lies on the cluster “two”.*Add “.cluster=two”"):
        open_store(without.render_as_string(hide_password=False))
    whole = servers["clickhouse"].empty(is_kept=True)
    try:
        with pytest.raises(StoreError, match="lies on one server"):
            open_store(f"{whole}&cluster=two")
    finally:
        servers["clickhouse"].drop(whole)


def test_clusters_the_server_does_not_know_are_refused(url: str) -> None:
    other = make_url(url).set(database="elsewhere").update_query_dict({"cluster": "three"})
    with pytest.raises(StoreError, match=r"knows no cluster “three”.*two"):
        open_store(other.render_as_string(hide_password=False))


def test_a_server_outside_the_cluster_is_refused() -> None:
    answers = {"system.clusters": [(1, 2, 0), (2, 2, 0)]}

    def run(statement: str, **_: str) -> list[Any]:
        return next(rows for name, rows in answers.items() if name in statement)

    with pytest.raises(StoreError, match="not in the cluster “main” itself"):
        _found(run, "main")
    answers["system.clusters"] = [(1, 2, 0), (2, 2, 1)]
    assert _found(run, "main") == Cluster("main", (2, 2))


def test_a_write_waits_for_all_replicas(url: str) -> None:
    with open_store(url) as store:
        _write_to_all_replicas(store._engine, Cluster("two", (2, 2)))
        with store._engine.connect() as connection:
            handle: Any = connection.connection.driver_connection
            assert handle.client.get_client_setting("insert_quorum") == "2"


# --- the trial before it is trusted ---------------------------------------------------------------


def _lose_a_row(patched: pytest.MonkeyPatch) -> None:
    send = self_check.send
    patched.setattr(self_check, "send", lambda to, table, rows: send(to, table, rows.slice(1)))


def _store_twice(patched: pytest.MonkeyPatch) -> None:
    def twice(connection: Connection, table: Any, rows: Any) -> None:
        for _ in range(2):
            send(connection, table, rows)

    send = self_check.send
    patched.setattr(self_check, "send", twice)


def _link_nothing(patched: pytest.MonkeyPatch) -> None:
    patched.setattr(ShardedTables, "_link", lambda *_, **__: None)


def _change_the_state_before(patched: pytest.MonkeyPatch) -> None:
    """As if the clone of a table were the table itself."""

    def cloned(self: ShardedTables, table: Any, home: str, database: str) -> None:
        if table is events:
            self._show(table, self.part_of(table.name, home), database)
        else:
            clone(self, table, home, database)

    clone = ShardedTables.clone
    patched.setattr(ShardedTables, "clone", cloned)


def _one_shard(patched: pytest.MonkeyPatch) -> None:
    patched.setattr(self_check, "_SHARD", literal_column("1", Integer))


def _replicas_that_lag(patched: pytest.MonkeyPatch) -> None:
    """As if each shard had a second replica, which has nothing yet."""
    patched.setattr(Cluster, "engine", "MergeTree")
    patched.setattr("ecom.store.clickhouse.opening._found", lambda *_: Cluster("two", (2, 2)))
    patched.setattr("ecom.store.clickhouse.opening._write_to_all_replicas", lambda *_: None)


def _join_on_each_shard(patched: pytest.MonkeyPatch) -> None:
    patched.setattr(ShardedStatements, "visit_join", Statements.visit_join)
    patched.setitem(sharded_dialect.SHARDED_SETTINGS, "distributed_product_mode", "local")


def _no_keeper(patched: pytest.MonkeyPatch) -> None:
    patched.setattr(Cluster, "engine", "ReplicatedMergeTree")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_lose_a_row, r"storing rows \(399 / 400\)"),
        (_store_twice, r"storing rows \(800 / 400\)"),
        (_one_shard, r"spreading rows over all shards and their replicas \(1 / 2\)"),
        (_replicas_that_lag, r"spreading rows over all shards and their replicas \(400 / 800\)"),
        (_link_nothing, "changing rows while the state before stays as it was"),
        (_change_the_state_before, "changing rows while the state before stays as it was"),
        (_join_on_each_shard, "joining rows of several shards"),
        (_no_keeper, r"storing rows \(.*DB::Exception"),
    ],
)
def test_a_cluster_that_does_otherwise_is_refused(
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[pytest.MonkeyPatch], None],
    words: str,
) -> None:
    monkeypatch.setattr(opening, "check", self_check.check)
    before = _databases(url)
    with monkeypatch.context() as patched:
        spoil(patched)
        with pytest.raises(StoreError, match=f"The cluster “two” can't hold the store.*{words}"):
            open_store(url)
    assert _databases(url) == before


def _databases(url: str) -> list[str]:
    with open_store(url) as store, store._engine.connect() as connection:
        names = connection.exec_driver_sql("SHOW DATABASES").fetchall()
    return sorted(name for (name,) in names)
