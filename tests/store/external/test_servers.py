"""PostgreSQL and MariaDB as they are: values, read-only, limits, faults. Skipped without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import create_engine, select, text

from ecom.errors import SourceError
from ecom.ingest.pull import pull
from ecom.schema import orders
from ecom.store import Store
from ecom.store.external import Limits, Window, opened
from ecom.store.sources import Source, save_source
from tests.store.external import servers

BIG = 9223372036854775807
TABLES = {
    "postgresql": """
        CREATE TABLE kinds (
            id BIGINT PRIMARY KEY, amount NUMERIC(18, 4), made TIMESTAMP, seen TIMESTAMPTZ,
            day DATE, flag BOOLEAN, raw BYTEA, extra JSON, words TEXT,
            ratio DOUBLE PRECISION
        );
        INSERT INTO kinds VALUES
            (9223372036854775807, 12345678901234.5678, '2026-03-01 10:00', '2026-03-01 10:00+08',
             '2026-03-01', true, '\\xff00', '{"a": ["鞋"]}', '鞋 :a %s', 0.5),
            (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    """,
    "mysql": """
        CREATE TABLE kinds (
            id BIGINT PRIMARY KEY, amount DECIMAL(18, 4), made DATETIME, seen DATETIME, day DATE,
            flag BOOLEAN, raw VARBINARY(9), extra JSON, words TEXT, ratio DOUBLE
        );
        SET SESSION sql_mode = '';
        INSERT INTO kinds VALUES
            (9223372036854775807, 12345678901234.5678, '2026-03-01 10:00', '0000-00-00 00:00:00',
             '2026-03-01', true, x'ff00', '{"a": ["鞋"]}', '鞋 :a %s', 0.5),
            (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    """,
}
NUMBERS = {
    "postgresql": "SELECT n FROM generate_series(1, 25000) AS n",
    "mysql": "SELECT seq AS n FROM seq_1_to_25000",
}
SLEEP = {"postgresql": "SELECT pg_sleep(20) AS n", "mysql": "SELECT sleep(20) AS n"}


@dataclass(frozen=True)
class Server:
    """A running server; ``write`` is what the shop's own program does."""

    kind: str
    url: str

    def write(self, script: str) -> None:
        driver = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}[self.kind]
        engine = create_engine(self.url.replace(self.kind, driver, 1))
        with engine.begin() as connection:
            for one in filter(str.strip, script.split(";")):
                connection.execute(text(one.replace(":", r"\:")))
        engine.dispose()


@contextmanager
def started(kind: str) -> Iterator[Server]:
    with {"postgresql": servers.postgres, "mysql": servers.mariadb}[kind]() as url:
        if url is None:
            pytest.skip(f"needs a {kind} server on this machine, and root to start it")
        yield Server(kind, url)


@pytest.fixture(scope="module", params=["postgresql", "mysql"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with started(request.param) as running:
        running.write(TABLES[running.kind])
        yield running


def read(server: Server, query: str, window: Window | None = None, **limits: Any):
    with opened(server.url, limits=Limits(**limits)) as database:
        names = database.first(query, 1).names
        return database.read(query, names=names, window=window)


def test_every_kind_of_value_comes_exactly(server: Server) -> None:
    rows = read(server, "SELECT * FROM kinds ORDER BY id DESC")
    values = {
        name: (column.type, column[0].as_py())
        for name, column in zip(rows.names, rows.columns, strict=True)
    }
    assert values["id"] == (pa.string(), str(BIG))
    assert values["amount"] == (pa.string(), "12345678901234.5678")
    assert values["made"] == (pa.timestamp("us"), datetime(2026, 3, 1, 10))
    assert values["day"] == (pa.date32(), date(2026, 3, 1))
    assert values["raw"] == (pa.string(), "ff00")
    assert values["words"] == (pa.string(), "鞋 :a %s")
    assert values["ratio"] == (pa.float64(), 0.5)
    assert values["extra"] == (pa.string(), '{"a": ["鞋"]}')
    if server.kind == "postgresql":
        moment = datetime(2026, 3, 1, 2, tzinfo=UTC)
        assert values["seen"] == (pa.timestamp("us", "UTC"), moment)
        assert values["flag"] == (pa.bool_(), True)
    else:
        assert values["seen"][1] is None  # MySQL's zero date is no date
        assert values["flag"] == (pa.string(), "1")
    assert all(column[1].as_py() is None for column in rows.columns[1:])


def test_long_answers_come_in_portions(server: Server) -> None:
    rows = read(server, NUMBERS[server.kind])
    assert sum(map(int, rows.columns[0].to_pylist())) == 25_000 * 25_001 // 2
    assert read(server, NUMBERS[server.kind], Window("n", after=24_990)).last == 25_000


def test_more_rows_than_agreed_end_the_reading(server: Server) -> None:
    with pytest.raises(SourceError, match="more than 15000 rows"):
        read(server, NUMBERS[server.kind], rows=15_000)


def test_the_transaction_itself_refuses_to_write(server: Server) -> None:
    def write() -> None:
        with opened(server.url) as database:
            # Past the check of the query, as a function with side effects would be.
            asked = database._connection.execution_options(stream_results=False)
            asked.execute(text("DELETE FROM kinds"))

    with pytest.raises(SourceError, match="more than read"):
        write()
    assert len(read(server, "kinds")) == 2


def test_the_server_ends_what_takes_too_long(server: Server) -> None:
    with pytest.raises(SourceError, match="too long"):
        read(server, SLEEP[server.kind], seconds=1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("pass%20word", "wrong"), "refuses the user or the password"),
        (("127.0.0.1:", "127.0.0.1:1"), "does not answer"),
        (("reader:", "nobody:"), "refuses the user or the password"),
    ],
)
def test_who_is_not_let_in_is_told_why_but_no_secret(
    server: Server, change: tuple[str, str], sentence: str
) -> None:
    url = server.url.replace(*change)
    if "does not answer" in sentence:
        url = url.rpartition(":")[0] + ":1/shop"  # nobody listens there
    with pytest.raises(SourceError, match=sentence) as caught, opened(url):
        pass
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_missing_database_and_column_are_sentences(server: Server) -> None:
    url = server.url.rpartition("/")[0] + "/nowhere"
    # MySQL tells who may not read a database nothing about whether it is there.
    with pytest.raises(SourceError, match=r"no such database|may not read|refuses"), opened(url):
        pass
    with pytest.raises(SourceError, match=r"not there: .*away"):
        read(server, "SELECT away FROM kinds")
    with pytest.raises(SourceError, match="no table “away”"):
        read(server, "away")


def test_orders_are_pulled_by_their_time_of_change(server: Server, store: Store) -> None:
    server.write(
        "CREATE TABLE orders (order_id BIGINT, created_at TIMESTAMP NULL, paid_at TIMESTAMP NULL,"
        " status VARCHAR(20), paid_amount DECIMAL(12, 2), currency CHAR(3),"
        " updated_at TIMESTAMP(6) NULL);"
        "INSERT INTO orders VALUES"
        f" ({BIG}, '2026-03-01 10:00', '2026-03-01 10:00', 'paid', 0.10, 'CNY',"
        " '2026-03-01 11:00'),"
        " (2, '2026-03-01 12:00', '2026-03-01 12:00', 'paid', 0.20, 'CNY', '2026-03-01 13:00')"
    )
    made = Source("own", "DB", "orders", cursor_column="updated_at", shop_id="mine", timezone="UTC")
    own = save_source(store, made)
    resolve = {"DB": server.url}.get

    def counts() -> tuple[int, int, int]:
        outcome = pull(store, own, resolve=resolve, now=datetime(2026, 3, 2))
        assert outcome.problem is None, (outcome.problem, outcome.remedy)
        (account,) = outcome.accounts
        return account.new, account.changed, account.unchanged

    assert counts() == (2, 0, 0)
    assert counts() == (0, 0, 1)  # the overlap of ten minutes reads the last one again
    server.write(
        "UPDATE orders SET paid_amount = 0.30, updated_at = '2026-03-01 14:00' WHERE order_id > 2"
    )
    assert counts() == (0, 1, 1)
    found = store.read(
        select(orders.c.order_id, orders.c.paid_amount, orders.c.paid_at)
        .where(orders.c.is_current)
        .order_by(orders.c.order_id)
    )
    assert found.to_dict("split")["data"] == [
        ["2", 0.2, datetime(2026, 3, 1, 12)],
        [str(BIG), 0.3, datetime(2026, 3, 1, 10)],
    ]
    server.write("DROP TABLE orders")
    assert "no table “orders”" in str(pull(store, own, resolve=resolve).problem)
