"""A file read in blocks comes out exactly as one that is read as a whole."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ecom.errors import Cancelled
from ecom.ingest import FileOutcome, examine_for_store, import_files, load_examined
from ecom.schema import FACTS, events, sessions
from ecom.store import Shop, Store
from tests.conftest import empty_store

SHOP = Shop("shop", "own", "", "CNY", "Asia/Shanghai")
HEAD = "event_id,event_time,event_name,visitor_id,page,value,currency"
PARTS = ("ecom.ingest.files.read_text", "ecom.ingest.files.stream_text", "ecom.ingest.examine")


@contextmanager
def in_blocks(block: int = 200, piece: int = 37) -> Iterator[None]:
    """Every file counts as large, and its blocks are tiny."""
    reading, streaming, examining = (sys.modules[name] for name in PARTS)
    with ExitStack() as stack:
        stack.enter_context(patch.object(reading, "BLOCK_BYTES", block))
        stack.enter_context(patch.object(streaming, "PIECE", piece))
        stack.enter_context(patch.object(examining, "STREAMED_BYTES", 0))
        yield


def loaded(
    path: Path, *, block: int | None = None, piece: int = 37
) -> tuple[FileOutcome, pd.DataFrame]:
    """The outcome of an import into an empty store, and the events it left."""
    with empty_store() as store, ExitStack() as stack:
        if block:
            stack.enter_context(in_blocks(block, piece))
        (outcome,) = import_files(store, [path], shop=SHOP)
        rows = store.read(select(events).order_by(events.c.source_row))
    return outcome, rows


def same(path: Path, *, block: int) -> pd.DataFrame:
    """Check that both roads agree; the events they left."""
    whole, expected = loaded(path)
    parts, found = loaded(path, block=block)
    pd.testing.assert_frame_equal(found, expected)
    assert parts.accounts == whole.accounts
    assert all(account.adds_up for account in parts.accounts)
    assert _remarks(parts) == _remarks(whole)
    assert str(parts.problem) == str(whole.problem)
    if whole.batches:
        first, second = whole.batches[0], parts.batches[0]
        assert (first.shop_id, first.layout_id) == (second.shop_id, second.layout_id)
    return found


def _remarks(outcome: FileOutcome) -> list[tuple[object, ...]]:
    return sorted(
        (one.code, one.column, one.value, one.rows, one.occurrences) for one in outcome.findings
    )


def was_streamed(path: Path) -> bool:
    with empty_store() as store, in_blocks():
        (table,) = examine_for_store(store, path, shop=SHOP, stays=True).tables
    return table.staged is not None and table.staged.parts is not None


def line(number: int, *, at: str = "", name: str = "page_view", page: str = "/p") -> str:
    moment = f"2026-05-01 10:{number // 60:02}:{number % 60:02}{at}"
    return f",{moment},{name},v{number % 7},{page},1,CNY"


def write(tmp_path: Path, lines: list[str], *, encoding: str = "utf-8", end: str = "\n") -> Path:
    path = tmp_path / "events.csv"
    path.write_bytes((end.join([HEAD, *lines]) + end).encode(encoding))
    return path


def test_equal_events_far_apart_are_numbered_on(tmp_path: Path) -> None:
    # One event eight times among forty others: nine blocks of about five lines each.
    lines = [line(number) for number in range(40)]
    for place in (0, 1, 9, 17, 18, 30, 39):
        lines.insert(place, line(3))
    found = same(write(tmp_path, lines), block=200)
    assert was_streamed(tmp_path / "events.csv")
    assert len(found) == 47
    assert found["event_id"].nunique() == 47


def test_of_given_ids_the_last_row_stands_also_blocks_later(tmp_path: Path) -> None:
    lines = [f"e{number}{line(number)}" for number in range(40)]
    lines.insert(1, f"e7{line(7)}")  # repeats exactly what stands later
    lines.insert(30, f"e2{line(2, page='/other')}")  # the one before says something else
    lines.insert(35, f"e2{line(2, page='/last')}")
    lines.append(f"e2{line(2)}")  # as the first: that one is a repeat, the two between clash
    found = same(write(tmp_path, lines), block=200)
    assert len(found) == 40
    (page,) = found.loc[found["event_id"] == "e2", "page"]
    assert page == "/p"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end(tmp_path: Path, encoding: str, end: str) -> None:
    lines = [line(number, page=f'"/商品/{number}, 大{end}号"') for number in range(60)]
    found = same(write(tmp_path, lines, encoding=encoding, end=end), block=400)
    assert found["page"][59] == "/商品/59, 大\n号"


@pytest.mark.parametrize("block", [1 << 19, 1 << 23])
def test_another_encoding_below_an_ascii_head(tmp_path: Path, block: int) -> None:
    # 1.4 MB, more than is looked at to tell the encoding; Chinese in the last line only
    lines = [line(number % 60, page=f"/products/{number:030}") for number in range(15_000)]
    lines.append(line(1, page="/商品"))
    path = write(tmp_path, lines, encoding="gb18030")
    assert path.stat().st_size > 1 << 20
    found, rows = loaded(path, block=block, piece=1 << 20)
    assert found.accounts[0].new == 15_001
    assert rows["page"].iloc[-1] == "/商品"


def test_odd_lines_are_accounted_for_where_they_stand(tmp_path: Path) -> None:
    lines = [line(number) for number in range(50)]
    lines[3] += ",,"  # surplus empty cells
    lines[20] += ",much,more"
    lines[21] = "short,line"
    lines[22] = ""
    lines[33] = line(33).replace("2026-05-01", "sometime")
    lines[40] = line(40).replace(",1,CNY", ",one,CNY")
    lines.insert(45, "合计,,,,,50,")
    lines.insert(46, HEAD)
    lines.append(",2026-05-01 10:59:00,page_v")  # the file was cut here
    found = same(write(tmp_path, lines), block=200)
    assert len(found) == 45  # 50 less: two ragged, one blank, two bad cells


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    lines = [line(number) for number in range(20)]
    lines.append(line(20, page='"/never'))
    same(write(tmp_path, lines), block=4_000)


def test_day_first_dates_are_told_by_the_head(tmp_path: Path) -> None:
    head = [line(number).replace("2026-05-01", "13/05/2026") for number in range(20)]
    rest = [line(number).replace("2026-05-01", "04/05/2026") for number in range(20)]
    found = same(write(tmp_path, head + rest), block=200)
    assert {str(day)[:10] for day in found["event_date"]} == {"2026-05-13", "2026-05-04"}


def test_what_the_head_does_not_tell_is_read_as_a_whole(tmp_path: Path) -> None:
    head = [line(number).replace("2026-05-01", "04/05/2026") for number in range(20)]
    rest = [line(number).replace("2026-05-01", "05/13/2026") for number in range(20)]
    path = write(tmp_path, head + rest)
    assert not was_streamed(path)
    found = same(path, block=200)
    assert {str(day)[:10] for day in found["event_date"]} == {"2026-05-13", "2026-04-05"}


_LINE = st.one_of(
    st.builds(line, st.integers(0, 30)),
    st.builds(line, st.integers(0, 30), at=st.sampled_from(["Z", "+08:00", ".5", "x"])),
    st.builds(line, st.integers(0, 9), page=st.sampled_from(['"a\nb"', '"x ""y"""', '5" p', ""])),
    st.builds(lambda number, key: f"e{key}{line(number)}", st.integers(0, 9), st.integers(0, 9)),
    st.sampled_from(["", ",,,,,,", "a,b", "Total,,,,,9,", "x" * 30]),
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lines=st.lists(_LINE, max_size=60),
    block=st.sampled_from([150, 333, 1_000]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
def test_any_file_gives_the_same_either_way(
    tmp_path: Path, lines: list[str], block: int, encoding: str
) -> None:
    same(write(tmp_path, lines, encoding=encoding), block=block)


def test_it_can_be_called_off_in_the_middle(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, [line(number) for number in range(200)])
    shares: list[float] = []
    with in_blocks(), pytest.raises(Cancelled):
        import_files(
            store,
            [path],
            shop=SHOP,
            progress=lambda share, doing: shares.append(share),
            cancelled=lambda: len(shares) > 12,
        )
    assert shares == sorted(shares)
    assert len(set(shares)) > 8
    assert store.version == 0
    for table in (*FACTS.values(), sessions):
        assert store.read(select(table)).empty


def test_the_road_is_the_same_for_a_dry_run(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, [line(number) for number in range(200)])
    with in_blocks():
        examination = examine_for_store(store, path, shop=SHOP, stays=True)
        tried = load_examined(store, examination, dry_run=True)
        assert store.version == 0
        done = load_examined(store, examination)
    assert tried.accounts == done.accounts
    assert tried.accounts[0].new == 200
