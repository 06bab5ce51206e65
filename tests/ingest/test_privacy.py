"""No name, phone, address, e-mail or identity number gets into the store, whatever column it is in.

The planted values are made up; the identity number is the example of GB 11643-1999.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import select

from ecom.ingest import Layout, examine_for_store, import_files
from ecom.ingest.cells.privacy import is_personal, looks_personal
from ecom.ingest.recognition.layout import layout_from
from ecom.schema import metadata
from ecom.store import Shop, Store
from tests.layouts.case import Case, cases

Write = Callable[..., Path]
IDENTITY = "11010519491231002X"
PLANTED = (
    "王小明", "13812345678", "138 1234 5678", "xiaoming.wang@example.com", IDENTITY,
    "幸福路88号", "221B Baker Street",
)  # fmt: skip
SHOP = Shop("shop", "own", "The shop", "CNY", "Asia/Shanghai")


def dump(store: Store) -> str:
    """Every cell of every table, as text."""
    return "\n".join(
        store.read(select(table)).astype("str").to_csv(index=False)
        for table in metadata.sorted_tables
    )


@pytest.mark.parametrize(
    "text",
    [
        "xiaoming.wang@example.com",
        "please call 13812345678",
        "电话:138 1234 5678。",
        "+86 13812345678",
        f"身份证{IDENTITY}",
        "上海市浦东新区幸福路88号3栋",
        "deliver to 221B Baker Street, London",
        "https://shop.example/cart?email=a@b.co",
        "https://shop.example/cart?phone=13812345678",
    ],
)
def test_cells_about_people(text: str) -> None:
    assert looks_personal(pa.array([text])).tolist() == [True]


@pytest.mark.parametrize(
    "text",
    [
        "Desk lamp L12",
        "110105194912310021",  # the check digit does not fit
        "6917926768823641234",  # an order's id
        "12345678901",
        "https://item.example/13812345678.html",  # a product's id
        "SET OF 3 STREET SIGNS",
        "24 Hour Dream Lamp",
        "上海市",
        "1.13812345678",
        "10@",
        None,
    ],
)
def test_cells_about_things(text: str | None) -> None:
    assert looks_personal(pa.array([text], pa.string())).tolist() == [False]


@pytest.mark.parametrize("text", ["13812345678", "13812345678-1"])
def test_ids_may_be_any_number(text: str) -> None:
    assert looks_personal(pa.array([text]), ids=True).tolist() == [False]
    assert looks_personal(pa.array([text])).tolist() == [True]


def test_the_worst_file(store: Store, write: Write) -> None:
    """Personal values in columns for them, in text, in ids, in numbers and in dates."""
    name, phone, spaced, mail, identity, street, english = PLANTED
    path = write(
        "order_id,line_id,sku,product_name,category,quantity,unit_price,line_amount,收货人姓名,手机\n"
        f"O1,1,K1,Lamp for {mail},{phone},1,10,10,{name},{phone}\n"
        f"O1,2,{mail},上海市浦东新区{street},lamps,1,10,10,{name},{phone}\n"
        f"O1,3,K3,{english},{spaced},{phone},10,10,{name},{phone}\n"
        f"O1,4,K4,lamp,lamps,{mail},10,10,{name},{phone}\n"
        f"{identity},5,K5,lamp,lamps,1,10,10,{name},{phone}\n",
        "lines.csv",
    )
    (table,) = examine_for_store(store, path, shop=SHOP).tables
    assert table.dropped_columns == ("收货人姓名", "手机")
    dropped = [one for one in table.findings if one.code == "PERSONAL_DROPPED"]
    (one,) = [one for one in dropped if one.column == "sku"]
    assert (one.cell, one.value) == ("C3", "")
    shown = table.preview.to_csv() + table.mapping.to_csv() + repr(table.findings)
    assert [planted for planted in PLANTED if planted in shown] == []
    (outcome,) = import_files(store, [path], shop=SHOP)
    assert outcome.problem is None
    assert outcome.accounts[0].new == 2  # lines 1 and 2; 3 and 4 have no quantity, 5 no order
    everything = dump(store)
    assert [planted for planted in PLANTED if planted in everything] == []
    assert "K1" in everything


def test_a_mapping_is_not_believed_against_the_header(
    store: Store, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught = layout_from(
        {
            "id": "taught", "platform": "own", "title": "Taught", "language": "zh",
            "grain": "order_items", "evidence": "own", "required": ["号", "收货人姓名"],
            "orders": {"rows": "line"},
            "columns": {
                "order_items.order_id": ["号"],
                "order_items.product_name": ["收货人姓名"],
                "order_items.variant": ["说明"],
            },
        },
        name="taught",
    )  # fmt: skip
    known: tuple[Layout, ...] = (taught,)
    monkeypatch.setattr("ecom.ingest.service.known_layouts", lambda store: known)
    path = write("号,收货人姓名,说明\n1,王小明,请打13812345678\n")
    (outcome,) = import_files(store, [path], shop=SHOP)
    assert outcome.problem is None
    everything = dump(store)
    assert [planted for planted in PLANTED if planted in everything] == []


def _personal_values(case: Case) -> list[str]:
    """What stands in personal columns, where it is long enough not to occur by chance."""
    values: list[Any] = [
        cell
        for table in case.tables
        for row in table.rows
        for header, cell in zip(table.headers, row, strict=False)
        if is_personal(header) and not isinstance(cell, datetime)
    ]
    return [str(value) for value in values if value is not None and len(str(value)) >= 6]


@pytest.mark.parametrize(
    "case", [case for case in cases() if _personal_values(case)], ids=lambda case: case.name
)
def test_no_case_leaves_anything_about_people(case: Case, store: Store, tmp_path: Path) -> None:
    import_files(store, [case.write(tmp_path)])
    everything = dump(store)
    assert [value for value in _personal_values(case) if value in everything] == []
