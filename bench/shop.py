"""The made-up shop in a store: built part by part, kept for later runs, and one day more of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from bench import shop_rows
from bench.shop_rows import LAST_DAY, Size
from ecom.model import Period
from ecom.progress import Watch
from ecom.schema import SCHEMA_VERSION
from ecom.store import Shop, Staged, Store, open_store

SHOP = Shop(shop_rows.SHOP_ID, "own", "Bench", "CNY", "Asia/Shanghai")
_FILE = "shop.duckdb"
Blocks = Callable[[], Iterator[dict[str, pa.Table]]]


def fill(store: Store, size: Size) -> None:
    """Load the made-up shop; what is too long to be held comes in parts."""
    for file in staged(size):
        store.load(file)


def staged(size: Size) -> tuple[Staged, ...]:
    """The files of the shop."""
    blocks = size.blocks()
    return (
        _in_parts("events", size, lambda: ({"events": shop_rows.events(size, n)} for n in blocks)),
        _in_parts("orders", size, lambda: (shop_rows.orders(size, n) for n in blocks)),
        _whole("products", shop_rows.products(size)),
        _whole("inventory_snapshots", shop_rows.stock(size)),
        _whole("ad_spend", shop_rows.spend(size)),
    )


def ninety_days(*, earlier: int = 0) -> Period:
    """The span the pages are measured on, or one that ends some days earlier."""
    return Period(LAST_DAY - timedelta(89), LAST_DAY).shift(-earlier)


def write_day(path: Path, size: Size, events: int) -> None:
    """The event log of the day after, as an export: visitors of the shop come once more."""
    random = np.random.default_rng([8, events])
    visits = size.visits + np.arange(events // 5)
    rows = shop_rows.visits_events(
        size, visits, np.full(len(visits), -1), random, first_event=size.events
    )
    moments = rows["event_at"].cast(pa.timestamp("s")).cast(pa.timestamp("s", "UTC"))
    table = rows.drop_columns(["shop_id", "event_date", "event_at"]).append_column(
        "event_time", moments.cast(pa.string())
    )
    pa_csv.write_csv(table, path)


@contextmanager
def kept_shop(size: Size, folder: Path | None) -> Iterator[str]:
    """The URL of a store with the shop in it; built where ``folder`` does not hold it yet.

    Parameters
    ----------
    folder : keeps the shop for the next run, which only reads it; None forgets it.
    """
    if folder is None:
        with tempfile.TemporaryDirectory() as name:
            yield _built(size, Path(name))
        return
    home = folder / f"{size.events}-events-schema-{SCHEMA_VERSION}"
    if not home.exists():
        draft = home.with_suffix(".part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        _built(size, draft)
        draft.rename(home)
    yield _url(home)


@contextmanager
def copied_shop(size: Size, folder: Path | None) -> Iterator[str]:
    """The same for who writes to it: a copy of a kept shop."""
    with kept_shop(size, folder) as url, tempfile.TemporaryDirectory(dir=folder) as name:
        if folder is None:
            yield url
            return
        copy = Path(name) / "shop"
        shutil.copytree(Path(url.removeprefix("duckdb:///")).parent, copy)
        yield _url(copy)


def _built(size: Size, home: Path) -> str:
    with open_store(_url(home)) as store:
        fill(store, size)
    return _url(home)


def _url(home: Path) -> str:
    return f"duckdb:///{home / _FILE}"


def _whole(name: str, rows: pa.Table) -> Staged:
    return Staged(
        layout_id=f"bench_{name}",
        shop=SHOP,
        file_name=f"{name}.bench",
        file_sha256=f"bench-{name}-{rows.num_rows}",
        tables={name: _with_source_rows(rows, 0)},
        grain=name,
        rows_read=rows.num_rows,
        source_updated_at=datetime(2026, 11, 1),
    )


def _in_parts(name: str, size: Size, blocks: Blocks) -> Staged:
    """A table that is never held as a whole; see ``ecom.store.staging.Parts``."""
    first = next(blocks())
    head = replace(
        _whole(name, first[name].slice(0, 0)),
        tables={table: _with_source_rows(rows.slice(0, 0), 0) for table, rows in first.items()},
        file_sha256=f"bench-{name}-{size.events}",
    )

    def parts(watch: Watch) -> Generator[Mapping[str, pa.Table], None, Staged]:
        count = 0
        for tables in blocks():
            watch.check()
            yield {table: _with_source_rows(rows, count) for table, rows in tables.items()}
            count += tables[name].num_rows
        return replace(head, rows_read=count, parts=None)

    return replace(head, parts=parts)


def _with_source_rows(rows: pa.Table, before: int) -> pa.Table:
    numbers = np.arange(before + 2, before + 2 + rows.num_rows)
    return rows.append_column("source_row", pa.array(numbers))
