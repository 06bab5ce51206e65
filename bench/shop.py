"""The made-up shop in a store: built part by part, kept for later runs, and one day more of it."""

from __future__ import annotations

import shutil
import sys
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
from bench.child import figures, tell
from bench.shop_rows import LAST_DAY, Size
from ecom.model import Period
from ecom.progress import Watch
from ecom.schema import SCHEMA_VERSION
from ecom.store import Shop, Staged, Store, open_store

SHOP = Shop(shop_rows.SHOP_ID, "own", "Bench", "CNY", "Asia/Shanghai")
_DUCKDB = "duckdb:///"
_FILE = "shop.duckdb"
_IN_USUAL_ROOM = 20_000_000  # events
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
def kept(folder: Path | None, name: str, build: Callable[[Path], None]) -> Iterator[Path]:
    """A folder with something that takes long to build.

    Parameters
    ----------
    folder : keeps it for the next run, which is only to read it; None forgets it afterwards.
    name : of the subfolder there.
    build : called with an empty folder, which is given its name once all of it is there.
    """
    if folder is None:
        with tempfile.TemporaryDirectory() as forgotten:
            build(Path(forgotten))
            yield Path(forgotten)
        return
    home = folder.resolve() / name
    if not home.exists():
        draft = home.with_suffix(".part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        build(draft)
        draft.rename(home)
    yield home


@contextmanager
def kept_shop(size: Size, folder: Path | None) -> Iterator[str]:
    """The URL of a DuckDB store with the shop in it, to be read only; see ``kept``."""
    # All visits at once are more than the usual limit holds.
    room = "?memory_limit=8GB" if size.events > _IN_USUAL_ROOM else ""
    with kept(folder, f"duckdb-{label(size)}", lambda home: build(_url(home) + room, size)) as home:
        yield _url(home)


@contextmanager
def copied_shop(size: Size, folder: Path | None) -> Iterator[str]:
    """The same for who writes to it: a copy."""
    with kept_shop(size, folder) as url, tempfile.TemporaryDirectory(dir=folder) as name:
        copy = Path(name).resolve() / "shop"
        shutil.copytree(Path(url.removeprefix(_DUCKDB)).parent, copy)
        yield _url(copy)


def label(size: Size) -> str:
    """What tells a kept shop from others."""
    return f"{size.events}-events-schema-{SCHEMA_VERSION}"


def build(url: str, size: Size) -> None:
    """Fill a store in a process of its own; files that it holds already are left alone."""
    figures("bench.shop", url, str(size.events))


def _url(home: Path) -> str:
    return f"{_DUCKDB}{home / _FILE}"


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


def _open_and_fill(url: str, size: Size) -> None:
    with open_store(url) as store:
        fill(store, size)


if __name__ == "__main__":
    tell(lambda: _open_and_fill(sys.argv[1], Size(int(sys.argv[2]))))
