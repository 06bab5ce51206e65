"""The made-up shop: the same however it is loaded, and what the floor says of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import Table, func, select

from bench import floor, pandas_page
from bench.shop import SHOP, fill, kept, ninety_days, staged, write_day
from bench.shop_rows import LAST_DAY, Size
from ecom.ingest import import_files
from ecom.progress import UNWATCHED
from ecom.schema import DERIVED, FACTS, events
from ecom.store import Staged, Store, open_store

SIZE = Size(events=20_000, block=1_500)  # three parts, the last one shorter


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A file with the shop, built in parts and closed."""
    path = tmp_path_factory.mktemp("shop") / "shop.duckdb"
    with open_store(f"duckdb:///{path}") as store:
        fill(store, SIZE)
    return str(path)


def _held(file: Staged) -> Staged:
    """The same file, all of its parts put together."""
    if file.parts is None:
        return file
    parts, collected = file.parts(UNWATCHED), []
    while True:
        try:
            collected.append(next(parts))
        except StopIteration as ended:
            tables = {
                name: pa.concat_tables(part[name] for part in collected) for name in file.tables
            }
            return dataclasses.replace(ended.value, tables=tables)


def test_built_in_parts_it_is_as_built_at_once(database: str, store: Store) -> None:
    files = staged(SIZE)
    assert [file.grain for file in files if file.parts] == ["events", "orders"]
    for file in files:
        store.load(_held(file))
    with open_store(f"duckdb:///{database}") as in_parts:
        for table in (*FACTS.values(), *DERIVED.values()):
            both = [_rows(one, table) for one in (in_parts, store)]
            pd.testing.assert_frame_equal(*both)
        assert len(_rows(store, events)) == SIZE.events


def _rows(store: Store, table: Table) -> pd.DataFrame:
    return store.read(select(table).order_by(*table.columns))


def test_it_is_as_large_as_it_says(database: str) -> None:
    with duckdb.connect(database, read_only=True) as connection:
        (count, first, last), *_ = connection.execute(
            "SELECT count(*), min(event_date), max(event_date) FROM events"
        ).fetchall()
        (orders,), *_ = connection.execute("SELECT count(*) FROM orders").fetchall()
        (placed,), *_ = connection.execute(
            "SELECT count(*) FROM events JOIN orders USING (shop_id, order_id) "
            "WHERE event_date = paid_date"
        ).fetchall()
        (named,), *_ = connection.execute(
            "SELECT count(*) FROM events WHERE order_id <> ''"
        ).fetchall()
    assert (count, orders) == (SIZE.events, SIZE.orders)
    assert (first, last) == (LAST_DAY - timedelta(SIZE.days - 1), LAST_DAY)
    assert placed == named > 0


def test_the_floor_and_the_pandas_page_say_the_same(database: str, tmp_path: Path) -> None:
    period = ninety_days()
    with duckdb.connect(database, read_only=True) as connection:
        raw, derived = (
            floor.answers(connection, queries(), period.start, period.end)
            for queries in floor.QUERIES.values()
        )
    pandas_page.export(database, tmp_path)
    frames = pandas_page.answers(*pandas_page.frames(tmp_path), period.start, period.end)
    for number, (one, other, frame) in enumerate(zip(raw, derived, frames, strict=True)):
        if number != 1:  # sources and mediums beside the channels made of them
            assert _sorted(one) == _sorted(other)
        # The funnel is one row of SQL and one number a step of pandas.
        flat = one[0] if number == 2 else _measures(one, frame)
        assert [float(value) for value in flat] == pytest.approx(_sorted_values(frame, number == 2))


def _sorted(rows: list[tuple[object, ...]]) -> list[str]:
    return sorted(map(str, rows))


def _measures(rows: list[tuple[object, ...]], frame: pd.DataFrame | pd.Series) -> list[object]:
    """The numbers of all rows, without what they are of, in order."""
    width = 1 if isinstance(frame, pd.Series) else frame.shape[1]
    return sorted(value for row in rows for value in row[len(row) - width :])


def _sorted_values(frame: pd.DataFrame | pd.Series, is_ordered: bool) -> list[float]:
    values = [float(value) for value in frame.to_numpy().ravel()]
    return values if is_ordered else sorted(values)


def test_the_day_after_is_an_export_of_the_same_visitors(store: Store, tmp_path: Path) -> None:
    fill(store, SIZE)
    loaded = len(store.batches())
    fill(store, SIZE)  # as a run does that finds a store
    assert len(store.batches()) == loaded
    write_day(tmp_path / "day.csv", SIZE, 500)
    (outcome,) = import_files(store, [tmp_path / "day.csv"], shop=SHOP)
    assert outcome.problem is None
    assert [batch.account.new for batch in outcome.batches] == [500]
    days = store.read(select(func.max(events.c.event_date).label("last")))
    assert pd.Timestamp(days["last"][0]).date() == LAST_DAY + timedelta(1)
    visitors = store.read(select(func.count(events.c.visitor_id.distinct()).label("count")))
    assert visitors["count"][0] <= SIZE.visitors


def test_what_was_built_is_kept_and_half_of_it_is_not(tmp_path: Path) -> None:
    def half(home: Path) -> None:
        (home / "shop").write_text("half")
        raise RuntimeError("killed")

    def whole(home: Path) -> None:
        assert not list(home.iterdir())
        (home / "shop").write_text("whole")

    def never(home: Path) -> None:
        raise AssertionError("it was there already")

    with pytest.raises(RuntimeError, match="killed"), kept(tmp_path, "one", half):
        pass
    for build in (whole, never):
        with kept(tmp_path, "one", build) as home:
            assert (home / "shop").read_text() == "whole"
    with kept(None, "one", whole) as forgotten:
        assert (forgotten / "shop").read_text() == "whole"
    assert not forgotten.exists()
