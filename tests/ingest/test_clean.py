"""Single cells: numbers, ids, places, people."""

from __future__ import annotations

import hashlib
import hmac
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from ecom.ingest.cells.clean import clean_ids, clean_numbers, clean_regions, clean_words
from ecom.ingest.cells.decimals import from_units, sum_by, to_units
from ecom.ingest.cells.privacy import customer_keys, is_personal


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,669,761.00", "¥12.5", "88.00元"], ["1669761.0000", "12.5000", "88.0000"]),
        (["18,50", "1.234,50"], ["18.5000", "1234.5000"]),
        (["1 234,50 €", "2,00"], ["1234.5000", "2.0000"]),
        (["1,234", "5,678"], ["1234.0000", "5678.0000"]),
        (["AU $3,000.00", "(12.00)"], ["3000.0000", "-12.0000"]),
        (["１２３．５", "1.2万"], ["123.5000", "12000.0000"]),
        (["-", "nan", " --"], [None, None, None]),
    ],
)
def test_money_of_any_spelling(cells: list[str], numbers: list[str | None]) -> None:
    cleaned = clean_numbers(pa.array(cells), kind="money")
    assert cleaned.values.to_pylist() == [None if n is None else Decimal(n) for n in numbers]
    assert not cleaned.problems["BAD_NUMBER"].any()


def test_what_is_no_number_is_a_problem_of_its_row_only() -> None:
    cleaned = clean_numbers(pa.array(["1", "abc", "2"]), kind="money")
    assert cleaned.values.to_pylist() == [Decimal(1), None, Decimal(2)]
    assert cleaned.problems["BAD_NUMBER"].tolist() == [False, True, False]


def test_a_count_must_be_whole() -> None:
    cleaned = clean_numbers(pa.array([1.0, 1.5]), kind="count")
    assert cleaned.values.to_pylist() == [1, None]


def test_ids_stay_letter_for_letter() -> None:
    cells = ['="0012345"', "'6917926768823643751", "\t6917926768823643751\t", "17850.0", "A.0"]
    cleaned = clean_ids(pa.array(cells), workbook=False)
    assert cleaned.values.to_pylist() == [
        "0012345", "6917926768823643751", "6917926768823643751", "17850", "A.0",
    ]  # fmt: skip


def test_ids_that_a_spreadsheet_has_rounded_are_refused() -> None:
    text = clean_ids(pa.array(["6.91793E+18", "12"]), workbook=False)
    assert text.values.to_pylist() == [None, "12"]
    number = clean_ids(pa.array([6.917926768823644e18, 12.0]), workbook=True)
    assert number.values.to_pylist() == [None, "12"]
    mixed = clean_ids(pa.array(["6917926768823644160", "6917926768823643751"]), workbook=True)
    assert mixed.values.to_pylist() == [None, "6917926768823643751"]


def test_a_product_may_be_named_na() -> None:
    assert clean_words(pa.array(["NA", "nan", "-"])).values.to_pylist() == ["NA", "nan", None]


def test_only_the_province_of_an_address_is_kept() -> None:
    cells = [
        "浙江省 杭州市 西湖区 某路1号",
        "内蒙古自治区",
        "北京朝阳区1号楼",
        "New South Wales",
        "12 High St",
    ]
    found = clean_regions(pa.array(cells)).values.to_pylist()
    assert found == ["浙江", "内蒙古", "北京", "New South Wales", None]


def test_a_customer_is_a_keyed_hash_and_masked_values_are_nobody() -> None:
    ids = pa.array(["Ann@Example.com ", "1******98", "张**", "##cipher", None])
    keys = customer_keys(ids, platform="shopify", secret=b"k").to_pylist()
    expected = hmac.new(b"k", b"shopify|ann@example.com", hashlib.sha256).hexdigest()
    assert keys[0] is not None
    assert expected.startswith(keys[0])
    assert len(keys[0]) == 32
    assert keys[1:] == [None, None, None, None]


def test_personal_columns_are_known_by_name() -> None:
    assert all(map(is_personal, ["收货人姓名", "联系手机", "Billing Name", "Email", "买家会员名"]))
    assert not any(
        map(is_personal, ["商品名称", "Lineitem name", "Campaign name", "店铺名称", "客服昵称"])
    )


def test_decimals_survive_the_way_there_and_back() -> None:
    units = np.array([1, -1, 123_400, -(10**13)])
    column = from_units(units, scale=4)
    assert column.to_pylist() == [Decimal(int(u)) / 10_000 for u in units]
    assert to_units(column.slice(1, 2)).tolist() == [-1, 123_400]
    assert sum_by(units[:3], np.array([0, 0, 1]), 2).tolist() == [0, 123_400]


def test_a_known_decimal_comma_decides_where_no_value_does() -> None:
    cells = pa.array(["1.234", "2.500"])
    commas = clean_numbers(cells, kind="number", decimal_comma=True)
    assert commas.values.to_pylist() == [1234, 2500]
    assert clean_numbers(cells, kind="number").values.to_pylist() == [1.234, 2.5]
