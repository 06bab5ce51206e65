"""The reader's language: sentences, numbers, money and dates. The one place that formats.

English is the source language; ``ecom/locale/<language>/messages.po`` holds the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import dates, numbers
from babel.messages.pofile import read_po

from ecom.errors import InvalidParameter
from ecom.model import Amount, Delta, Period, Unit
from ecom.terms import term
from ecom.text import Text, message

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
MISSING = "–"

_CATALOGUES = Path(__file__).parent / "locale"
_PATTERNS = {
    "en": {"day": "d MMM y", "short": "d MMM"},
    "zh_CN": {"day": "y年M月d日", "short": "M月d日"},
}


@dataclass(frozen=True, slots=True)
class Language:
    """One of ``LANGUAGES``; hashable, so it can be part of a cache key."""

    code: str = "en"

    def __post_init__(self) -> None:
        if self.code not in LANGUAGES:
            raise InvalidParameter.not_one_of("language", self.code, LANGUAGES)

    @classmethod
    def best(cls, wanted: str | None) -> Language:
        """The language nearest to a browser's or a shell's wish (``zh-Hans-CN``, ``en_GB`` ...)."""
        return cls("zh_CN" if (wanted or "").lower().startswith("zh") else "en")

    def say(self, text: Text | str) -> str:
        """Render a sentence in this language; plain strings are data and stay as they are."""
        if isinstance(text, str):
            return text
        template = _catalogue(self.code).get(text.template, text.template)
        return template.format(**{name: self._part(value) for name, value in text.values})

    def term(self, name: Text | str) -> str:
        """A canonical name in data (``ecom.terms``) in this language; other names stay."""
        return self.say(term(name))

    def number(
        self, value: float | None, unit: Unit = Unit.COUNT, *, currency: str | None = None,
        compact: bool = True,
    ) -> str:  # fmt: skip
        """Write a number with its unit.

        Parameters
        ----------
        compact : bool
            Shorten large counts and money (124K, 12.4万); the full value otherwise.
        """
        if value is None or value != value:
            return MISSING
        match unit:
            case Unit.RATIO:
                digits = 2 if abs(value) < 0.1 else 1
                size = numbers.format_percent(
                    abs(value), f"#,##0.{'0' * digits}%", locale=self.code
                )
                return f"−{size}" if value < 0 else size
            case Unit.MULTIPLE:
                return numbers.format_decimal(value, "#,##0.00", locale=self.code) + "×"
            case Unit.DAYS:
                days = numbers.format_decimal(value, "#,##0.#", locale=self.code)
                return self.say(message("{number} days", number=days))
            case Unit.SECONDS:
                return self._duration(value)
            case Unit.MONEY:
                return self._money(value, currency, compact)
            case Unit.CHANCE:
                return f"{value:.2g}"
            case Unit.POINTS:
                return f"{_signed(value * 100, digits=2 if abs(value) < 0.1 else 1)} pp"
            case Unit.NUMBER:
                pattern = "#,##0.00" if abs(value) < 100 else "#,##0"  # three figures say enough
                return numbers.format_decimal(value, pattern, locale=self.code)
            case _:
                return self._count(value, compact)

    def change(self, delta: Delta, unit: Unit) -> str:
        """Write a change: percentage points for shares, a signed percentage for the rest."""
        if unit is Unit.RATIO:
            points = delta.absolute
            return MISSING if points is None else f"{_signed(points * 100)} pp"
        relative = delta.relative
        return MISSING if relative is None else f"{_signed(relative * 100)}%"

    def day(self, value: date, *, short: bool = False) -> str:
        """Write a day."""
        pattern = _PATTERNS[self.code]["short" if short else "day"]
        return dates.format_date(value, pattern, locale=self.code)

    def moment(self, value: datetime) -> str:
        """Write a time of day with its date."""
        return f"{self.day(value.date())} {value:%H:%M}"

    def period(self, value: Period) -> str:
        """Write a span of days, the year once."""
        if value.start == value.end:
            return self.day(value.start)
        short = value.start.year == value.end.year and self.code == "en"
        end_short = value.start.year == value.end.year and self.code != "en"
        return f"{self.day(value.start, short=short)} – {self.day(value.end, short=end_short)}"

    def _count(self, value: float, compact: bool) -> str:
        if compact and abs(value) >= 10_000:
            step = 4 if self.code == "zh_CN" else 3  # 万 and 亿; K, M and B
            mantissa = abs(value) / 10 ** (step * int(math.log10(abs(value)) // step))
            digits = 2 if mantissa < 10 else 1  # three figures say enough
            return numbers.format_compact_decimal(value, locale=self.code, fraction_digits=digits)
        pattern = "#,##0" if float(value).is_integer() or abs(value) >= 100 else "#,##0.##"
        return numbers.format_decimal(value, pattern, locale=self.code)

    def _duration(self, seconds: float) -> str:
        """Minutes and seconds; hours and days once these say more."""
        if abs(seconds) < 3600:
            minutes, rest = divmod(round(seconds), 60)
            return f"{minutes}:{rest:02d}"
        hours = seconds / 3600
        if abs(hours) < 48:
            number = numbers.format_decimal(hours, "#,##0.#", locale=self.code)
            return self.say(message("{number} h", number=number))
        return self.number(hours / 24, Unit.DAYS)

    def _money(self, value: float, currency: str | None, compact: bool) -> str:
        symbol = numbers.get_currency_symbol(currency, locale=self.code) if currency else ""
        sign = "−" if value < 0 else ""
        size = abs(value)
        if compact and size >= 10_000:
            return sign + symbol + self._count(size, compact=True)
        pattern = "#,##0.00" if not compact or size < 1_000 else "#,##0"
        return sign + symbol + numbers.format_decimal(size, pattern, locale=self.code)

    def _part(self, value: Any) -> str:
        match value:
            case Text():
                return self.say(value)
            case Amount(value=number, unit=unit, currency=currency):
                return self.number(number, unit, currency=currency)
            case Period():
                return self.period(value)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case bool() | str():
                return str(value)
            case int() | float():
                return self._count(value, compact=False)
            case tuple() | list():
                return ("、" if self.code == "zh_CN" else ", ").join(map(self._part, value))
            case _:
                return str(value)


def _signed(number: float, *, digits: int = 1) -> str:
    """Some digits after the point; what rounds to zero has no sign."""
    words = f"{number:+.{digits}f}"
    return words if float(words) else f"{0:.{digits}f}"


@cache
def _catalogue(code: str) -> dict[str, str]:
    path = _CATALOGUES / code / "messages.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {
            str(entry.id): str(entry.string)
            for entry in read_po(file, locale=code)
            if entry.id and entry.string and not entry.fuzzy
        }
