"""The provinces of China and the names that exports give them.

Provinces, municipalities, autonomous regions, Hong Kong, Macao and Taiwan: 34. Codes are those of
ISO 3166-2:CN. A bare code is no name here: SC is Sichuan and South Carolina.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ecom.text import Text, message


@dataclass(frozen=True, slots=True)
class Province:
    """A province.

    Attributes
    ----------
    code : of ISO 3166-2, without the country: "ZJ".
    short : its short Chinese name, to which ingest cuts an address: "浙江".
    full : its official Chinese name: "浙江省".
    name : as the reader's language has it.
    also : further names.
    """

    code: str
    short: str
    full: str
    name: Text
    also: tuple[str, ...] = ()


PROVINCES = (
    Province("BJ", "北京", "北京市", message("Beijing"), ("Peking",)),
    Province("TJ", "天津", "天津市", message("Tianjin")),
    Province("SH", "上海", "上海市", message("Shanghai")),
    Province("CQ", "重庆", "重庆市", message("Chongqing")),
    Province("HE", "河北", "河北省", message("Hebei")),
    Province("SX", "山西", "山西省", message("Shanxi")),
    Province("LN", "辽宁", "辽宁省", message("Liaoning")),
    Province("JL", "吉林", "吉林省", message("Jilin")),
    Province("HL", "黑龙江", "黑龙江省", message("Heilongjiang")),
    Province("JS", "江苏", "江苏省", message("Jiangsu")),
    Province("ZJ", "浙江", "浙江省", message("Zhejiang")),
    Province("AH", "安徽", "安徽省", message("Anhui")),
    Province("FJ", "福建", "福建省", message("Fujian")),
    Province("JX", "江西", "江西省", message("Jiangxi")),
    Province("SD", "山东", "山东省", message("Shandong")),
    Province("HA", "河南", "河南省", message("Henan")),
    Province("HB", "湖北", "湖北省", message("Hubei")),
    Province("HN", "湖南", "湖南省", message("Hunan")),
    Province("GD", "广东", "广东省", message("Guangdong"), ("Canton",)),
    Province("HI", "海南", "海南省", message("Hainan")),
    Province("SC", "四川", "四川省", message("Sichuan"), ("Szechwan",)),
    Province("GZ", "贵州", "贵州省", message("Guizhou")),
    Province("YN", "云南", "云南省", message("Yunnan")),
    Province("SN", "陕西", "陕西省", message("Shaanxi")),
    Province("GS", "甘肃", "甘肃省", message("Gansu")),
    Province("QH", "青海", "青海省", message("Qinghai")),
    Province("TW", "台湾", "台湾省", message("Taiwan"), ("臺灣",)),
    Province(
        "NM", "内蒙古", "内蒙古自治区", message("Inner Mongolia"), ("Nei Mongol", "Neimenggu")
    ),
    Province("GX", "广西", "广西壮族自治区", message("Guangxi")),
    Province("XZ", "西藏", "西藏自治区", message("Tibet"), ("Xizang",)),
    Province("NX", "宁夏", "宁夏回族自治区", message("Ningxia")),
    Province("XJ", "新疆", "新疆维吾尔自治区", message("Xinjiang")),
    Province("HK", "香港", "香港特别行政区", message("Hong Kong")),
    Province("MO", "澳门", "澳门特别行政区", message("Macao"), ("Macau",)),
)
BY_CODE = {province.code: province for province in PROVINCES}

# What an English name may carry besides: kind of place, people, country.
_BESIDES = re.compile(
    r"\b(province|municipality|special administrative region|sar|autonomous region"
    r"|zhuang|hui|uyghur|uygur|uighur|sheng|shi|pr|china)\b"
)
_NO_LETTER = re.compile(r"[\W_]+")


def province_of(name: str) -> Province | None:
    """The province that a name means, in Chinese (short or in full) or English; else None.

    Parameters
    ----------
    name : a whole name: "浙江", "浙江省", "Zhejiang Province", "Guangxi Zhuang Autonomous Region",
        "CN-ZJ". Nothing is guessed from a part of it.
    """
    return _BY_NAME.get(_key(name))


def _key(name: str) -> str:
    lowered = unicodedata.normalize("NFKC", name).casefold()
    plain = _BESIDES.sub(" ", lowered)
    return _NO_LETTER.sub("", plain)


def _names(province: Province) -> Iterator[str]:
    yield from (province.short, province.full, str(province.name), f"CN-{province.code}")
    yield f"{province.short}省"  # some exports call a region or a city so
    yield f"{province.short}市"
    yield from province.also


_BY_NAME = {_key(name): province for province in PROVINCES for name in _names(province)}
