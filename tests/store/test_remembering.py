"""A store that remembers reads nothing twice, and never says what is no longer so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select

from ecom.schema import orders
from ecom.store import Store
from ecom.store.memo import Memo
from ecom.store.remembering import Remembering
from tests.conftest import stage

pytestmark = pytest.mark.every_engine

COUNT = select(func.count().label("orders")).where(orders.c.is_current)
DAY = date(2026, 5, 1)


def sale(number: int, day: date = DAY) -> dict[str, object]:
    return {"order_id": f"o{number}", "status": "paid", "paid_date": day}


def count(store: Store) -> int:
    return int(store.read(COUNT)["orders"].iloc[0])


def on(day: date) -> Any:
    return select(orders.c.order_id).where(orders.c.paid_date == day).order_by(orders.c.order_id)


@pytest.fixture
def memo() -> Memo:
    return Memo(2**20)


@pytest.fixture
def asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every query that the engine was given."""
    statements: list[Any] = []
    fetch = store._support.fetch

    def noted(connection: Any, statement: Any) -> pd.DataFrame:
        statements.append(statement)
        return fetch(connection, statement)

    monkeypatch.setattr(store._support, "fetch", noted)
    return statements


def test_a_question_is_asked_once(store: Store, memo: Memo, asked: list[Any]) -> None:
    store.load(stage("orders", [sale(1), sale(2)]))
    asked.clear()
    first, second = (Remembering(store, store.version, memo) for _ in range(2))
    assert [count(first), count(first), count(second)] == [2, 2, 2]
    assert first.shops() == second.shops() == store.shops()
    assert len(asked) == 3  # the count, the shops, and the shops of the store itself


def test_values_tell_questions_apart(store: Store, memo: Memo) -> None:
    other = date(2026, 5, 2)
    store.load(stage("orders", [sale(1), sale(2, other), sale(3, other)]))
    remembering = Remembering(store, store.version, memo)
    for _ in range(2):
        assert remembering.read(on(DAY))["order_id"].tolist() == ["o1"]
        assert remembering.read(on(other))["order_id"].tolist() == ["o2", "o3"]
        for wanted in (["o1"], ["o1", "o3"], []):
            found = remembering.read(select(orders.c.order_id).where(orders.c.order_id.in_(wanted)))
            assert sorted(found["order_id"]) == wanted


CHANGES: dict[str, tuple[Callable[[Store], object], int]] = {
    "import": (lambda store: store.load(stage("orders", [sale(3)])), 3),
    "undo": (lambda store: store.undo(2), 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_new_version_is_asked_anew(store: Store, memo: Memo, change: str) -> None:
    store.load(stage("orders", [sale(1)]))
    store.load(stage("orders", [sale(2)]))
    before = store.version
    assert count(Remembering(store, before, memo)) == 2
    work, expected = CHANGES[change]
    work(store)
    assert store.version == before + 1
    assert count(Remembering(store, store.version, memo)) == count(store) == expected


def test_new_settings_are_seen(store: Store, memo: Memo) -> None:
    assert Remembering(store, store.version, memo).settings == store.settings
    changed = store.settings.with_values(good_is_red=not store.settings.good_is_red)
    store.save_settings(changed)
    assert Remembering(store, store.version, memo).settings == changed


def test_what_was_read_after_a_change_is_not_held_as_what_was_before(
    store: Store, memo: Memo
) -> None:
    store.load(stage("orders", [sale(1)]))
    late = Remembering(store, store.version, memo)  # a reader who is overtaken by an import
    store.load(stage("orders", [sale(2)]))
    assert count(late) == 2
    store.load(stage("orders", [sale(3)]))
    assert count(late) == 3  # asked again: of its own version it knows nothing
    assert memo.bytes == 0


def test_an_import_between_a_question_and_its_answer_leaves_nothing_behind(
    store: Store, memo: Memo, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.load(stage("orders", [sale(1)]))
    remembering = Remembering(store, store.version, memo)
    fetch = store._support.fetch

    def overtaken(connection: Any, statement: Any) -> pd.DataFrame:
        monkeypatch.setattr(store._support, "fetch", fetch)
        store.load(stage("orders", [sale(2)]))
        with store._reads() as newest:
            return fetch(newest, statement)

    monkeypatch.setattr(store._support, "fetch", overtaken)
    count(remembering)
    assert count(Remembering(store, store.version, memo)) == 2
    assert count(remembering) == 2


def test_who_changes_a_frame_changes_nobody_elses(store: Store, memo: Memo) -> None:
    store.load(stage("orders", [sale(1), sale(2)]))
    remembering = Remembering(store, store.version, memo)
    statement = on(DAY)
    for _ in range(2):  # who asked first, and who was answered from memory
        mine = remembering.read(statement)
        mine["order_id"].array[0] = "changed"
        mine["more"] = 1
        mine.columns = pd.Index(["renamed", "more"])
    assert remembering.read(statement).to_dict("list") == {"order_id": ["o1", "o2"]}


def test_a_trial_is_neither_remembered_nor_answered_from_memory(store: Store, memo: Memo) -> None:
    store.load(stage("orders", [sale(1)]))
    assert count(Remembering(store, store.version, memo)) == 1
    held = memo.bytes
    with store.trial(stage("orders", [sale(2), sale(3)])) as trial:
        assert count(trial) == 3
        assert count(Remembering(store, store.version, memo)) == 1
    assert memo.bytes == held
    store.load(stage("orders", [sale(4)]))  # takes the number that the trial would have had
    assert count(Remembering(store, store.version, memo)) == 2


def test_it_is_not_written_to(store: Store, memo: Memo) -> None:
    with pytest.raises(AssertionError):
        Remembering(store, store.version, memo).load(stage("orders", [sale(1)]))
    assert count(store) == 0
