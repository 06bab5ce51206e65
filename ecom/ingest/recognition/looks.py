"""What a column is, told by its values alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.privacy import is_personal
from ecom.ingest.cells.text import NULL_NUMBERS, TRIMMED, as_text
from ecom.ingest.recognition.vocabulary import NEARLY, plain_name, vocabulary
from ecom.text import Text, message

SEEN_ROWS = 100  # what so many rows do not show, a person is asked
SHOWN = 3  # samples beside a column
MOSTLY = 0.8  # share of values from which a column is what they are

CURRENCIES = (
    "CNY USD EUR GBP JPY HKD TWD SGD KRW AUD CAD MYR THB VND IDR PHP INR BRL MXN CHF SEK NOK DKK "
    "PLN CZK TRY ZAR AED SAR NZD RUB"
).split()
_DATE = re.compile(
    r"^(\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?|月)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|20\d{2}[01]\d[0-3]\d"
    r"|[0-3]?\d[/.][0-3]?\d[/.]\d{2}"
    r"|([A-Z][a-z]{2,8},? )?\d{1,2}[ -][A-Za-z]{3,9}\.?,?[ -]\d{2,4}|\d{4}-[A-Z][a-z]{2,8}-\d{1,2}"
    r"|([A-Z][a-z]{2,8},? )?[A-Z][a-z]{2,8}\.?[ -]\d{1,2}(, ?|-| )\d{2,4})"
    r"(?P<clock>(,? +|T)\d{1,2}:\d{2}\S*( ?[AaPp][Mm])?( ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?$"
)
_RANGE = re.compile(r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})\s*(~|～|至|—| - )\s*\d{4}[-/.]\d{1,2}")
_NUMBER = re.compile(
    r"^[-+−(]?\s*(?P<mark>[¥￥$€£]|元|[A-Z]{2,3}(?=[\s\d$]))?\s*[$]?[-+−]?"
    r"(\d[\d.,'’ \u00a0]*|\.\d+)"
    r"\s*(?P<after>%|元|[¥￥$€£]|万|亿|[A-Z]{3})?\)?$"
)
_MAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$")
_PHONE = re.compile(
    r"^(\+?86[- ]?)?1[3-9][\d*]{9}(-\d+)?$|^\+\d[\d ()-]{7,16}\d$|^0\d{2,4}[-/ ]\d{6,8}$"
)
_URL = re.compile(r"^(https?://|/)\S*$")
_FLAG = frozenset("true false yes no y n 是 否".split())
_SKU = re.compile(r"^(?=.*[A-Za-z])(?=.*\d)[A-Za-z0-9]+([-_./][A-Za-z0-9]+)*$|^\d{6,14}$")
_LONG_ID = re.compile(r"^['`]?[A-Za-z]{0,6}[-#]?\d[\d-]{7,}$")
_CHANNEL = re.compile(
    r"(?i)^(\(?direct\)?|organic( search| social)?|paid( search| social)?|e?-?mail|referral|social"
    r"|affiliates?|display|search|live|video|shop|google|facebook|instagram|tiktok|直播|搜索|推荐"
    r"|首页|自然流量|付费流量|淘宝|天猫|京东|抖音|拼多多|小红书|微信|线下|官网)$"
)
_DEVICE = frozenset(
    "mobile desktop tablet pc app ios android web 手机 无线 电脑 无线端 pc端".split()
)

WORDS: Mapping[str, Text] = {
    "date": message("{count} of {all} values are dates"),
    "time": message("{count} of {all} values are dates with a time"),
    "period": message("{count} of {all} values are spans of days"),
    "money": message("{count} of {all} values are amounts with cents or a currency"),
    "count": message("{count} of {all} values are whole numbers"),
    "number": message("{count} of {all} values are numbers"),
    "percent": message("{count} of {all} values are percentages"),
    "currency": message("{count} of {all} values are currency codes"),
    "mail": message("{count} of {all} values are e-mail addresses"),
    "phone": message("{count} of {all} values are phone numbers"),
    "status": message("{count} of {all} values are words of an order's status"),
    "channel": message("{count} of {all} values are names of channels"),
    "device": message("{count} of {all} values are kinds of device"),
    "flag": message("{count} of {all} values are yes or no"),
    "url": message("{count} of {all} values are addresses of pages"),
    "id": message("{count} of {all} values are long numbers"),
    "sku": message("{count} of {all} values look like item codes"),
    "text": message("{count} of {all} values are words"),
    "blank": message("the column is empty"),
}
NUMERIC = frozenset({"money", "count", "number"})
DATED = frozenset({"date", "time", "period"})
PERSONAL = frozenset({"mail", "phone"})


@dataclass(frozen=True)
class Look:
    """What the first values of a column are.

    Attributes
    ----------
    kind : a key of ``WORDS``; "blank" without values.
    count, all : how many of the values looked at are of that kind.
    values : the values looked at, trimmed, without blanks.
    """

    kind: str
    count: int
    all: int
    values: tuple[str, ...]

    @property
    def text(self) -> Text:
        """The look as a reason."""
        if self.kind == "blank":
            return WORDS["blank"]
        return WORDS[self.kind].filled(count=self.count, all=self.all)

    @property
    def is_numeric(self) -> bool:
        """Whether the values can be read as numbers (compact dates and long numbers count)."""
        return self.kind in NUMERIC

    @cached_property
    def marks(self) -> frozenset[str]:
        """Currency marks and codes that stand beside the numbers."""
        found = (_NUMBER.match(value) for value in self.values)
        marks = {part for one in found if one for part in (one["mark"], one["after"]) if part}
        return frozenset(marks - {"%", "万", "亿"})


def look_at(column: pa.Array) -> Look:
    """Tell a column by its first ``SEEN_ROWS`` cells.

    Parameters
    ----------
    column : text; in workbooks also numbers, dates and flags.
    """
    head = column.slice(0, SEEN_ROWS)
    if pa.types.is_temporal(column.type):
        cells = [cell for cell in head.to_pylist() if cell is not None]
        timed = any(getattr(cell, "hour", 0) or getattr(cell, "minute", 0) for cell in cells)
        values = tuple(str(cell) for cell in cells)
        return Look("time" if timed else "date", len(values), len(values), values)
    if pa.types.is_floating(column.type):
        numbers = [cell for cell in head.to_pylist() if cell is not None]
        whole = all(float(cell).is_integer() for cell in numbers)
        return _numbers(tuple(f"{cell:.15g}" for cell in numbers), whole=whole)
    if pa.types.is_integer(column.type):
        return _numbers(tuple(str(cell) for cell in head.drop_null().to_pylist()), whole=True)
    texts = pc.utf8_trim(as_text(head), characters=TRIMMED).to_pylist()
    values = tuple(text for text in texts if text and text not in NULL_NUMBERS)
    return _told(values)


def _numbers(values: tuple[str, ...], *, whole: bool) -> Look:
    if not values:
        return Look("blank", 0, 0, ())
    serial = whole and all(re.match(r"^20[0-4]\d[01]\d[0-3]\d$", value) for value in values)
    kind = "date" if serial else "count" if whole else "money"
    return Look(kind, len(values), len(values), values)


def _told(values: tuple[str, ...]) -> Look:
    """Text values: the first kind that most of them are."""
    if not values:
        return Look("blank", 0, 0, ())
    distinct = Counter(values)
    for kind, test in _TESTS:
        count = _count(distinct, test, len(values))
        if count >= MOSTLY * len(values):
            if kind == "number":
                kind = _kind_of_numbers([v for v in distinct if _NUMBER.match(v)])
            return Look(kind, count, len(values), values)
    return Look("text", len(values), len(values), values)


def _count(distinct: Counter[str], test: Callable[[str], object], total: int) -> int:
    """How many values pass; counting ends once too many have not."""
    missed = 0
    for value, times in distinct.items():
        if not test(value):
            missed += times
            if missed > (1 - MOSTLY) * total:
                return 0
    return total - missed


def _kind_of_numbers(values: Sequence[str]) -> str:
    if any("%" in value for value in values):
        return "percent"
    if any(one and (one["mark"] or one["after"]) for one in map(_NUMBER.match, values)):
        return "money"
    if all(re.match(r"^[-+−(]?\d{1,3}([,. ]?\d{3})*\)?$|^[-+−]?\d+$", value) for value in values):
        return "count"
    return "money" if any(re.search(r"[.,]\d{2}\)?$", value) for value in values) else "number"


def _is_time(value: str) -> bool:
    found = _DATE.match(value)
    return found is not None and found["clock"] is not None


def _folded_in(words: frozenset[str]) -> Callable[[str], bool]:
    return lambda value: value.casefold() in words


_CODES = frozenset(CURRENCIES)
_TESTS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("time", _is_time),
    ("date", _DATE.match),
    ("period", _RANGE.match),
    ("phone", _PHONE.match),
    ("id", _LONG_ID.match),
    ("number", _NUMBER.match),
    ("mail", _MAIL.match),
    ("currency", lambda value: value.upper() in _CODES),
    ("flag", _folded_in(_FLAG)),
    ("device", _folded_in(_DEVICE)),
    ("channel", _CHANNEL.match),
    ("status", lambda value: vocabulary().status_of(value) is not None),
    ("url", _URL.match),
    ("sku", _SKU.match),
)


def is_about_a_person(header: str, look: Look) -> bool:
    """Whether a column tells something about a person, by its name or by its values.

    A count such as "Emails sent" is none of a person's data.
    """
    if look.kind in PERSONAL:
        return True
    return has_personal_name(header) and not (look.is_numeric and is_known_name(header))


def has_personal_name(header: str) -> bool:
    """Whether a name says so, also in camel case (``customerName``)."""
    return is_personal(header) or is_personal(plain_name(header))


def is_known_name(header: str) -> bool:
    """Whether the whole name is a word of the vocabulary."""
    senses = vocabulary().senses(header)
    return bool(senses) and senses[0].confidence >= NEARLY


def samples(column: pa.Array, *, hidden: bool) -> tuple[str, ...]:
    """The first different values, cut short; of hidden columns only how long they are."""
    found: dict[str, None] = {}
    for cell in as_text(column.slice(0, SEEN_ROWS)).to_pylist():
        text = (cell or "").strip(TRIMMED)
        if text:
            found["•" * min(len(text), 8) if hidden else text[:60]] = None
        if len(found) == SHOWN:
            break
    return tuple(found)
