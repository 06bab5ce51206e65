"""Only one statement that reads passes; everything else is refused with a sentence."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ecom.errors import InvalidParameter, SourceError
from ecom.store.external import opened
from ecom.store.external.selects import check_select


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mariadb"])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1 AS a",
        "select * from t where a = ';' -- ; a comment",
        "WITH x AS (SELECT 1 AS a) SELECT * FROM x",
        "SELECT 1 AS a UNION ALL SELECT 2",
        "(SELECT 1 AS a)",
        "SELECT CASE WHEN a > 0 THEN 'DELETE' ELSE b END AS c FROM t AS u JOIN v ON u.i = v.i",
        "SELECT count(*) AS n, max(updated_at) OVER (PARTITION BY a) FROM 订单",
    ],
)
def test_what_reads_passes(dialect: str, query: str) -> None:
    check_select(query, dialect)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mariadb"])
@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE t",
        "DELETE FROM t",
        "UPDATE t SET a = 1",
        "INSERT INTO t VALUES (1)",
        "SELECT 1; DROP TABLE t",
        "SELECT 1 AS a) q; DROP TABLE t; SELECT (1",
        "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
        "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
        "SELECT * INTO u FROM t",
        "SELECT * FROM t INTO OUTFILE '/tmp/x'",
        "SELECT 1 /*! INTO OUTFILE '/tmp/x' */",
        "SELECT 1 /*M!100100 INTO OUTFILE '/tmp/x' */",
        "SELECT * FROM t FOR UPDATE",
        "ATTACH DATABASE 'other.db' AS other",
        "PRAGMA query_only = OFF",
        "COPY t TO '/tmp/x'",
        "CALL pay()",
        "EXPLAIN ANALYZE DELETE FROM t",
        "SET TRANSACTION READ WRITE",
        "COMMIT; DELETE FROM t",
        "VACUUM t",
        "-- nothing at all",
        "SELECT (((",
        "(" * 5000 + "SELECT 1" + ")" * 5000,
    ],
)
def test_what_does_more_or_is_not_sql_is_refused(dialect: str, query: str) -> None:
    with pytest.raises(InvalidParameter):
        check_select(query, dialect)


@pytest.fixture
def url(tmp_path: Path) -> str:
    path = tmp_path / "own shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            'CREATE TABLE "select" (id INTEGER); CREATE VIEW seen AS SELECT 1 AS a'
        )
    return f"sqlite:///{path}"


@pytest.mark.parametrize("name", ["select", "seen", "main.select"])
def test_tables_and_views_go_by_their_name_whatever_it_is(url: str, name: str) -> None:
    with opened(url) as database:
        assert database.first(name, 5).names == (("a",) if name == "seen" else ("id",))


@pytest.mark.parametrize("name", ["away", 'select"--', "sqlite_master;DROP", "main.", "."])
def test_a_name_that_is_no_table_is_refused(url: str, name: str) -> None:
    with pytest.raises(SourceError, match="no table"), opened(url) as database:
        database.first(name, 5)


def test_sqlite_itself_writes_and_attaches_nothing(url: str, tmp_path: Path) -> None:
    for statement in (
        "CREATE TABLE more (a)",
        'INSERT INTO "select" VALUES (1)',
        f"ATTACH DATABASE '{tmp_path}/other.db' AS other",
    ):
        with pytest.raises(SourceError), opened(url) as database:
            database._connection.exec_driver_sql(statement)
    assert not (tmp_path / "other.db").exists()
