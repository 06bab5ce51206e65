"""An import that is killed or called off leaves a store as it was, or as it had to be."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecom.errors import Cancelled, StoreLocked
from ecom.ingest import import_files
from ecom.store import Shop, Store, open_store
from ecom.store.engine import engine_support
from tests.conftest import ROOT, empty_store
from tests.engines.servers import servers
from tests.ingest.test_streamed import HEAD, in_blocks, line
from tests.store.killed import NAMES, POINTS
from tests.store.test_undo import state

# On a cluster it takes minutes: tests/engines/test_clickhouse.py kills one writer there.
pytestmark = pytest.mark.every_engine(but="cluster")

SHOP = Shop("shop", "own", "", "CNY", "Asia/Shanghai")
LINES = "order_id,line_id,sku,product_name,quantity,unit_price\n"
ORDERS = "order_id,created_at,paid_at,status,customer_id,total_amount,paid_amount,currency\n"


def orders(amount: int) -> str:
    paid = "2026-05-01 10:00:00"
    return ORDERS + "".join(
        f"A-{number},{paid},{paid},paid,C-{number % 9},{amount},{amount},CNY\n"
        for number in range(60)
    )


def lines(amount: int) -> str:
    return LINES + "".join(f"A-{number},1,L-1,Lamp,1,{amount}\n" for number in range(60))


def visits(count: int) -> str:
    return "\n".join([HEAD, *(f"e{number}{line(number)}" for number in range(count))]) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Files to import, and earlier states of the same facts (``old *``)."""
    made = tmp_path_factory.mktemp("killed")
    with zipfile.ZipFile(made / "archive.zip", "w") as archive:
        for name, text in (("orders", orders(9)), ("lines", lines(9)), ("visits", visits(100))):
            archive.writestr(f"{name}.csv", text)
    (made / "visits.csv").write_text(visits(200), "utf-8")
    for name, text in (("orders", orders(5)), ("lines", lines(5)), ("visits", visits(40))):
        (made / f"old {name}.csv").write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ECOM_SECRET", "one for all copies")
        yield made


@pytest.fixture(scope="module")
def before(engine: str, folder: Path) -> Iterator[str]:
    """URL of a store that holds the earlier states."""
    url = servers[engine].empty(is_kept=True)
    with open_store(url) as store:
        outcomes = import_files(store, sorted(folder.glob("old *.csv")), shop=SHOP)
        assert not [outcome.problem for outcome in outcomes if outcome.problem]
    yield url
    servers[engine].drop(url)


def whole_state(store: Store) -> dict[str, Any]:
    """Everything that pages can read, and the history."""
    history = store.batches()[["batch_id", "file_name", "rows_new", "rows_changed"]]
    return {"": history.to_dict("records"), **state(store)}


def state_of(url: str) -> dict[str, Any]:
    with open_store(url) as store:
        with store.transaction():
            pass  # a server notices that a writer died when it gets to it
        return whole_state(store)


@pytest.mark.parametrize("file", ["archive.zip", "visits.csv"])
def test_killed_anywhere_a_store_is_as_before_or_as_after(
    engine: str, folder: Path, before: str, file: str
) -> None:
    if engine == "clickhouse":
        pytest.skip("waits a minute for each dead writer; tests/engines/test_clickhouse.py has it")
    urls = {name: servers[engine].copy(before) for name in ("after", *NAMES)}
    subprocess.run(
        [sys.executable, "-m", "tests.store.killed", str(folder / file), json.dumps(urls)],
        check=True,
        cwd=ROOT,
        timeout=300,
    )
    old, new = state_of(before), state_of(urls["after"])
    assert old != new
    for name in NAMES:
        found = state_of(urls[name])
        if name in POINTS:
            assert found == (new if name == "after the commit" else old), name
        else:
            assert found in (old, new), name
        with open_store(urls[name]) as store:
            import_files(store, [folder / file])
            assert whole_state(store) == new, name
    for url in urls.values():
        servers[engine].drop(url)


@pytest.mark.parametrize("file", ["archive.zip", "visits.csv"])
def test_called_off_at_any_step_a_store_is_as_before(folder: Path, file: str) -> None:
    with empty_store() as store, in_blocks(2_000, 500):
        import_files(store, sorted(folder.glob("old *.csv")), shop=SHOP)
        before, steps = whole_state(store), 1
        while is_called_off(store, folder / file, at=steps):
            assert whole_state(store) == before, steps
            steps += 1
        assert whole_state(store) != before
    assert steps > 8


def is_called_off(store: Store, path: Path, *, at: int) -> bool:
    asked = itertools.count(1)
    try:
        import_files(store, [path], cancelled=lambda: next(asked) >= at)
    except Cancelled:
        return True
    return False


def test_a_fault_in_the_middle_of_an_archive_half_loads_nothing(folder: Path, store: Store) -> None:
    import_files(store, sorted(folder.glob("old *.csv")), shop=SHOP)
    before, calls = whole_state(store), itertools.count(1)
    support = type(engine_support(store.url))
    insert = support.insert

    def breaks(*arguments: Any) -> None:
        if next(calls) == 3:
            raise RuntimeError("out of order")
        insert(*arguments)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(support, "insert", breaks)
        broken, whole = import_files(store, [folder / "archive.zip", folder / "visits.csv"])
    assert broken.problem is not None
    assert not broken.batches
    assert whole.problem is None  # the next file comes in
    (batch,) = whole.batches
    store.undo(batch.batch_id)
    assert whole_state(store) == before


@pytest.mark.only_on("duckdb", why="others let several processes in")
def test_a_store_held_by_another_process_says_so(before: str) -> None:
    held = "import sys; from ecom.store import open_store; store = open_store(sys.argv[1])"
    with subprocess.Popen(
        [sys.executable, "-c", f"{held}; print('open', flush=True); sys.stdin.read()", before],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(StoreLocked, match="Another program has the database open"):
            open_store(before)
        process.kill()
