"""A province is told by any of its names, and nothing else is taken for one."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ecom.i18n import Language
from ecom.ingest.cells.clean import clean_regions
from ecom.provinces import PROVINCES, province_of
from ecom.terms import term

# ISO 3166-2:CN; the short and the full Chinese name, English names.
NAMES = """
AH 安徽 安徽省 Anhui
BJ 北京 北京市 Beijing
CQ 重庆 重庆市 Chongqing
FJ 福建 福建省 Fujian
GD 广东 广东省 Guangdong
GS 甘肃 甘肃省 Gansu
GX 广西 广西壮族自治区 Guangxi
GZ 贵州 贵州省 Guizhou
HA 河南 河南省 Henan
HB 湖北 湖北省 Hubei
HE 河北 河北省 Hebei
HI 海南 海南省 Hainan
HK 香港 香港特别行政区 Hong_Kong
HL 黑龙江 黑龙江省 Heilongjiang
HN 湖南 湖南省 Hunan
JL 吉林 吉林省 Jilin
JS 江苏 江苏省 Jiangsu
JX 江西 江西省 Jiangxi
LN 辽宁 辽宁省 Liaoning
MO 澳门 澳门特别行政区 Macao
NM 内蒙古 内蒙古自治区 Inner_Mongolia
NX 宁夏 宁夏回族自治区 Ningxia
QH 青海 青海省 Qinghai
SC 四川 四川省 Sichuan
SD 山东 山东省 Shandong
SH 上海 上海市 Shanghai
SN 陕西 陕西省 Shaanxi
SX 山西 山西省 Shanxi
TJ 天津 天津市 Tianjin
TW 台湾 台湾省 Taiwan
XJ 新疆 新疆维吾尔自治区 Xinjiang
XZ 西藏 西藏自治区 Tibet
YN 云南 云南省 Yunnan
ZJ 浙江 浙江省 Zhejiang
"""
ROWS = [line.replace("_", " ").split(" ", 3) for line in NAMES.strip().splitlines()]


def test_there_are_34() -> None:
    assert len(ROWS) == 34
    assert {province.code for province in PROVINCES} == {code for code, *_ in ROWS}
    assert len(PROVINCES) == 34


@pytest.mark.parametrize(("code", "short", "full", "english"), ROWS)
def test_every_province_is_told_by_its_names(
    code: str, short: str, full: str, english: str
) -> None:
    names = (short, full, english, english.upper(), f" {english} Province", f"{english}, China")
    for name in (*names, f"CN-{code}"):
        found = province_of(name)
        assert found is not None, name
        assert found.code == code, name


@pytest.mark.parametrize(("code", "short", "full", "english"), ROWS)
def test_a_full_name_is_stored_short_and_shown_in_both_languages(
    code: str, short: str, full: str, english: str
) -> None:
    cut = clean_regions(pa.array([f"{full}示例区 示例路1号", short])).values.to_pylist()

    assert cut == [short, short]
    for name in (short, english):
        assert Language("zh_CN").say(term(name)) == short
        assert Language("en").say(term(name)) == english


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Guangxi Zhuang Autonomous Region", "GX"),
        ("Ningxia Hui Autonomous Region", "NX"),
        ("Xinjiang Uygur Autonomous Region", "XJ"),
        ("Xinjiang Uyghur Autonomous Region", "XJ"),
        ("Hong Kong SAR", "HK"),
        ("Hongkong", "HK"),
        ("Macau", "MO"),
        ("Xizang", "XZ"),
        ("Nei Mongol", "NM"),
        ("Shaan'xi", "SN"),
        ("Beijing Shi", "BJ"),
        ("Sichuan Sheng", "SC"),
        ("臺灣", "TW"),
    ],
)
def test_other_spellings(name: str, code: str) -> None:
    found = province_of(name)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "name",
    ["", "SC", "HI", "China", "California", "Hui", "East Java", "海南藏族自治州", "Shan", "东"],
)
def test_what_is_no_province_stays_none(name: str) -> None:
    assert province_of(name) is None
