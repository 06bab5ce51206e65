"""What only PostgreSQL can complain of, and what only it has to be told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pyarrow as pa
import pytest
from sqlalchemy import ColumnClause, NullPool, column, create_engine, func, make_url, select
from sqlalchemy.exc import DBAPIError

from ecom.errors import StoreError
from ecom.schema import feedback
from ecom.store import Store, open_store
from ecom.store.engine import engine_support
from tests.conftest import ROOT, stage
from tests.engines.servers import servers


@pytest.fixture
def url() -> Iterator[str]:
    """An empty database."""
    databases = servers["postgresql"]
    made = databases.empty(is_kept=True)
    yield made
    databases.drop(made)


def run(url: str, *statements: str) -> None:
    engine = create_engine(make_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def refusal(url: str) -> str:
    with pytest.raises(StoreError) as raised:
        open_store(url)
    assert raised.value.remedy is not None
    return str(raised.value.problem)


def test_a_server_that_is_not_there() -> None:
    assert "does not answer" in refusal("postgresql://me:hidden@127.0.0.1:1/shop")
    assert "hidden" not in refusal("postgresql://me:hidden@127.0.0.1:1/shop")


def test_a_database_that_is_not_there(url: str) -> None:
    other = make_url(url).set(database="nowhere").render_as_string(hide_password=False)
    assert "nowhere" in refusal(other)


def test_a_database_that_can_not_hold_all_letters(url: str) -> None:
    name = f"{make_url(url).database}_ascii"
    run(url, f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING SQL_ASCII LOCALE "C"')
    other = make_url(url).set(database=name).render_as_string(hide_password=False)
    try:
        assert "SQL_ASCII" in refusal(other)
    finally:
        servers["postgresql"].drop(other)


def test_a_role_that_may_not_make_tables(url: str) -> None:
    role = f"{make_url(url).database}_guest"
    run(url, f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'guest'", "DROP TABLE store_meta")
    guest = make_url(url).set(username=role, password="guest")
    try:
        said = refusal(guest.render_as_string(hide_password=False))
        assert "lacks a right: permission denied" in said
    finally:
        run(url, f'DROP ROLE "{role}"')


def test_without_a_secret_customers_can_not_be_hashed(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ECOM_SECRET")
    assert "no secret" in refusal(url)


def test_a_server_that_takes_no_changes(url: str) -> None:
    with open_store(url + _and(url) + "options=-c%20default_transaction_read_only%3Don") as store:
        with pytest.raises(StoreError, match="read-only"):
            store.load(stage("orders", [{"order_id": "1"}]))
        assert store.version == 0


def _and(url: str) -> str:
    return "&" if "?" in url else "?"


def test_a_connection_that_is_lost_is_told_and_the_next_one_works(url: str) -> None:
    end_others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    def lose(store: Store) -> None:
        with store.trial(stage("orders", [{"order_id": "1"}])) as trial:
            run(url, end_others)
            trial.shops()

    with open_store(url) as store:
        with pytest.raises(StoreError, match="connection to the database was lost"):
            lose(store)
        assert store.version == 0
        store.load(stage("orders", [{"order_id": "1"}]))
        assert store.version == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ('FATAL:  password authentication failed for user "x"', "refuses the user"),
        ("fe_sendauth: no password supplied", "refuses the user"),
        ('FATAL:  role "x" does not exist', "refuses the user"),
        ('FATAL:  database "x" does not exist', "no such database"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', "lacks a right"),
        ("FATAL:  sorry, too many clients already", "no more connections"),
        ("connection failed: Connection refused", "does not answer"),
        ("failed to resolve host 'x'", "does not answer"),
    ],
)
def test_whoever_is_not_let_in_is_told_why(words: str, sentence: str) -> None:
    explained = engine_support("postgresql://x/y").explain(RuntimeError(words))
    assert explained is not None
    assert sentence in str(explained.problem)
    assert explained.remedy is not None


def test_a_fault_of_ours_is_not_explained_away(url: str) -> None:
    with open_store(url) as store:
        wrong = stage("order_items", [{"order_id": "1", "line_key": "a", "quantity": "many"}])
        with pytest.raises(DBAPIError, match="many"):
            store.load(wrong)
        with pytest.raises(DBAPIError, match="no_such"):
            store.read(select(_no_such()))
        store.load(stage("orders", [{"order_id": "1"}]))


def _no_such() -> ColumnClause[str]:
    return column("no_such")


def test_the_letter_nul_becomes_another(url: str) -> None:
    with open_store(url) as store:
        store.load(stage("feedback", [{"feedback_id": "1", "comment": "a\0b"}]))
        assert store.read(select(feedback.c.comment))["comment"].tolist() == ["a\ufffdb"]


def test_lent_rows_leave_no_table_behind(url: str) -> None:
    tables = "SELECT count(*) FROM pg_class WHERE relname LIKE 'lent_%%'"

    def lent(store: Store) -> int:
        with store._engine.connect() as connection:
            return int(connection.exec_driver_sql(tables).scalar_one())

    rows = pa.table({"id": ["1"]})
    with open_store(url) as store:
        store.read_with(rows, lambda table: select(table.c.id))
        assert lent(store) == 0
        with pytest.raises(DBAPIError):
            store.read_with(rows, lambda table: select(_no_such()).select_from(table))
        assert lent(store) == 0


def test_all_questions_are_planned_alike_also_within_a_write(url: str) -> None:
    def plan(store: Store) -> str:
        setting = select(func.current_setting("enable_nestloop").label("value"))
        return str(store.read(setting)["value"].iloc[0])

    with open_store(url) as store, store.trial(stage("orders", [{"order_id": "1"}])) as trial:
        assert plan(store) == plan(trial) == "off"


def test_processes_that_make_the_tables_at_the_same_time_do_not_clash(url: str) -> None:
    run(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    code = "import sys; from ecom.store import open_store; print(open_store(sys.argv[1]).version)"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, url], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(3)
    ]
    assert [process.communicate(timeout=120)[0] for process in started] == ["0\n"] * 3
    assert [process.returncode for process in started] == [0] * 3
