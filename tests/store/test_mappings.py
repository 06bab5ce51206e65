"""Mappings live with their store: remembered, replaced, renamed, forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from ecom.store import Store
from ecom.store.mappings import UnknownMapping
from tests.conftest import empty_store

pytestmark = pytest.mark.every_engine


def content(title: str = "Corner shop", **more: Any) -> dict[str, Any]:
    return {"id": "taught_0", "title": title, "grain": "orders", "columns": {"a": ["A"]}, **more}


def save(store: Store, key: str = "k", **options: Any) -> int:
    return store.save_mapping(content(**options), headers=["A", "B"], header_key=key)


def test_a_mapping_comes_back_as_it_was_saved(store: Store) -> None:
    before = store.version
    assert save(store) == 1
    (taught,) = store.mappings()
    assert (taught.title, taught.headers, taught.header_key) == ("Corner shop", ("A", "B"), "k")
    assert taught.layout == content(id="taught_1") | {"id": "taught_1"}
    assert store.version == before + 1


def test_the_same_headers_have_one_mapping_and_other_rules_another_number(store: Store) -> None:
    assert save(store) == 1
    assert save(store, title="Renamed") == 1  # the same rules under another name
    assert [one.title for one in store.mappings()] == ["Renamed"]
    assert save(store, currency="EUR") == 2
    assert [one.mapping_id for one in store.mappings()] == [2]
    assert save(store, key="other") == 3
    assert [one.mapping_id for one in store.mappings()] == [2, 3]


def test_a_deleted_mapping_leaves_its_title_and_its_number_is_not_given_again(store: Store) -> None:
    save(store)
    before = store.version
    store.delete_mapping(1)
    assert store.mappings() == ()
    assert store.version == before + 1
    assert store.mapping_titles() == {"taught_1": "Corner shop"}
    assert save(store) == 2


def test_a_mapping_can_be_renamed(store: Store) -> None:
    save(store)
    store.rename_mapping(1, "Market")
    (taught,) = store.mappings()
    assert (taught.title, taught.layout["title"]) == ("Market", "Market")


@pytest.mark.parametrize("number", [7, 1])
def test_what_is_not_there_is_said(store: Store, number: int) -> None:
    save(store)
    store.delete_mapping(1)
    with pytest.raises(UnknownMapping, match=f"no mapping {number}"):
        store.delete_mapping(number)
    with pytest.raises(UnknownMapping):
        store.rename_mapping(number, "x")


def test_stores_of_one_process_do_not_share_mappings(store: Store) -> None:
    save(store)
    with empty_store() as other:
        assert other.mappings() == ()
