"""What only the store can tell of a file: whose it is, what it would drop, what it repeats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ecom.ingest import examine_for_store, import_files, load_examined
from ecom.store import Shop, Store

Write = Callable[..., Path]
OURS = Shop("ours", "own", "Ours", "CNY", "Asia/Shanghai")
THEIRS = Shop("theirs", "own", "Theirs", "CNY", "Asia/Shanghai")
LINES = "order_id,sku,product_name,quantity,unit_price,line_amount"
STOCK = "date,warehouse,sku,on_hand"


def lines_of(start: int, count: int) -> str:
    """One order with ``count`` lines of one piece at 10.00, skus K<start> onwards."""
    rows = [f"O{start},K{n},thing,1,10.00,10.00" for n in range(start, start + count)]
    return "\n".join([LINES, *rows, ""])


def products_of(start: int, count: int) -> str:
    rows = [f"K{n},thing {n},10.00" for n in range(start, start + count)]
    return "\n".join(["sku,product_name,price", *rows, ""])


def codes(store: Store, path: Path, shop: Shop | None = None) -> set[str]:
    (table,) = examine_for_store(store, path, shop=shop).tables
    assert table.staged is not None, str(table.problem)
    return {one.code for one in table.findings if one.severity != "info"}


@pytest.fixture
def two_shops(store: Store, write: Write) -> Store:
    """Ours knows K0..K9, theirs K100..K109."""
    import_files(store, [write(products_of(0, 10), "ours.csv")], shop=OURS)
    import_files(store, [write(products_of(100, 10), "theirs.csv")], shop=THEIRS)
    assert len(store.batches()) == 2
    return store


def test_a_file_of_another_shop_has_to_be_confirmed(two_shops: Store, write: Write) -> None:
    path = write(lines_of(100, 8), "lines.csv")  # 8 of 8 skus are theirs, none ours
    examination = examine_for_store(two_shops, path, shop=OURS)
    (table,) = examination.tables
    (one,) = [one for one in table.findings if one.code == "FOREIGN_SHOP_SUSPECTED"]
    assert one.value == "ours: 0%, Theirs: 100%"
    assert one.allowed is not None
    assert one.remedy is not None
    refused = load_examined(two_shops, examination)
    assert refused.problem is not None
    assert "Theirs" in str(refused.problem)
    assert len(two_shops.batches()) == 2
    loaded = load_examined(two_shops, examination, confirmed=True)
    assert loaded.problem is None
    assert loaded.accounts[0].new == 8


def test_the_inbox_and_the_command_line_do_not_load_it_either(
    two_shops: Store, write: Write
) -> None:
    path = write(lines_of(100, 8), "lines.csv")
    (refused,) = import_files(two_shops, [path], shop=OURS)
    assert refused.problem is not None
    (dry,) = import_files(two_shops, [path], shop=OURS, dry_run=True)
    assert dry.problem is None  # a look costs nothing
    (loaded,) = import_files(two_shops, [path], shop=OURS, confirmed=True)
    assert loaded.problem is None


@pytest.mark.parametrize(
    ("start", "count"),
    [
        (0, 8),  # all ours
        (5, 8),  # K5..K12: 5 of 8 ours
        (500, 8),  # nobody knows them: new products
        (100, 4),  # too few to say anything
    ],
)
def test_an_ordinary_file_is_not_suspected(
    two_shops: Store, write: Write, start: int, count: int
) -> None:
    path = write(lines_of(start, count), "lines.csv")
    assert "FOREIGN_SHOP_SUSPECTED" not in codes(two_shops, path, OURS)


def test_a_shop_without_products_is_not_judged(two_shops: Store, write: Write) -> None:
    path = write(lines_of(100, 8), "lines.csv")
    new = Shop("new", "own", "New", "CNY", "Asia/Shanghai")
    assert "FOREIGN_SHOP_SUSPECTED" not in codes(two_shops, path, new)


def test_lines_that_a_filtered_file_would_drop_are_counted(store: Store, write: Write) -> None:
    import_files(store, [write(lines_of(0, 5), "all.csv")], shop=OURS)
    filtered = write(lines_of(0, 2), "filtered.csv")  # 2 of the order's 5 lines
    (table,) = examine_for_store(store, filtered, shop=OURS).tables
    (one,) = [one for one in table.findings if one.code == "LINES_WOULD_VANISH"]
    assert one.occurrences == 3
    assert one.value == "O0"
    assert one.cell == "A2"
    assert codes(store, write(lines_of(0, 6), "more.csv"), OURS) == set()


def test_lines_short_of_the_goods_that_the_store_knows(store: Store, write: Write) -> None:
    orders = "order_id,created_at,paid_at,status,goods_amount,paid_amount\n"
    orders += "O0,2026-05-01 10:00,2026-05-01 10:01,paid,50.00,50.00\n"
    import_files(store, [write(orders, "orders.csv")], shop=OURS)
    # 2 lines of 10.00 make 20.00 of 50.00; 5 lines make all of it
    assert codes(store, write(lines_of(0, 2), "some.csv"), OURS) == {"ORDER_LINES_INCOMPLETE"}
    assert codes(store, write(lines_of(0, 5), "all.csv"), OURS) == set()


def stock_of(day: str, count: int) -> str:
    return "\n".join([STOCK, *(f"{day},Main,K{n},7" for n in range(count)), ""])


def test_two_stock_lists_of_a_day_and_one_much_shorter(store: Store, write: Write) -> None:
    first = write(stock_of("2026-05-01", 20), "first.csv")
    import_files(store, [first], shop=OURS)
    assert codes(store, first, OURS) == set()  # it is loaded already
    assert codes(store, write(stock_of("2026-05-01", 21), "again.csv"), OURS) == {
        "STOCK_DAY_REPEATED"
    }
    assert codes(store, write(stock_of("2026-05-02", 10), "half.csv"), OURS) == set()
    (table,) = examine_for_store(
        store, write(stock_of("2026-05-02", 9), "less.csv"), shop=OURS
    ).tables
    (one,) = [one for one in table.findings if one.severity == "warning"]
    assert one.code == "STOCK_SHRANK"
    assert one.value == "2026-05-02 · Main: 9 < 20 (2026-05-01)"
