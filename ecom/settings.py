"""Typed settings, stored with the data so that everyone who opens the store sees the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ecom.channels import DEFAULT_RULES, EXPORTED_RULES, ChannelRule
from ecom.errors import InvalidParameter
from ecom.text import message

MOST_RULES = 300
MOST_WORDS = 100
LONGEST_WORD = 60
_OF_VISITS = ("timezone", "session_gap_minutes", "engaged_seconds", "rules")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a team agrees on once.

    Attributes
    ----------
    currency : ISO 4217 code that reports are in; empty = the currency most shops have.
    timezone : IANA name; the zone of a shop whose export does not say.
    week_start : "monday" or "sunday".
    good_is_red : Chinese back offices show rises in red.
    session_gap_minutes : a longer silence starts a new session (exactly this long does not).
    engaged_seconds : a session longer than this counts as engaged (GA4).
    funnel_window_days : default window of the funnel, counted from its first step.
    lead_time_days : days from ordering stock to having it, where a product does not say.
    review_days : days between two replenishment decisions.
    service_level : wanted probability of no stock-out, 0..1.
    demand_days : days of sales that the daily rate is taken from.
    dormant_days : days without an order after which a customer counts as lost.
    roas_target : revenue wanted per unit of spend.
    channel_rules : the team's own table; empty = ``ecom.channels.DEFAULT_RULES``.
    kind_rules : the same of exported names' kinds; empty = ``ecom.channels.EXPORTED_RULES``.
    brand_words : what names the team's brand in a search word; empty = the product lists' brands.
    """

    currency: str = ""
    timezone: str = "Asia/Shanghai"
    week_start: str = "monday"
    good_is_red: bool = False
    session_gap_minutes: int = 30
    engaged_seconds: int = 10
    funnel_window_days: int = 7
    lead_time_days: int = 14
    review_days: int = 7
    service_level: float = 0.95
    demand_days: int = 28
    dormant_days: int = 180
    roas_target: float = 3.0
    channel_rules: tuple[ChannelRule, ...] = ()
    kind_rules: tuple[ChannelRule, ...] = ()
    brand_words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.timezone)
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            raise InvalidParameter(
                message("There is no time zone “{given}”.", given=self.timezone),
                message("Use a name such as Asia/Shanghai or Europe/London."),
            ) from error
        if self.week_start not in ("monday", "sunday"):
            raise InvalidParameter.not_one_of("week_start", self.week_start, ("monday", "sunday"))
        if not 0.5 <= self.service_level < 1:
            raise InvalidParameter(
                message("The service level can't be {given}.", given=self.service_level),
                message("Use a share from 0.5 up to, but not including, 1."),
            )
        for name in ("session_gap_minutes", "funnel_window_days", "demand_days", "review_days"):
            if getattr(self, name) < 1:
                raise InvalidParameter(
                    message("{name} can't be {given}.", name=name, given=getattr(self, name)),
                    message("Use 1 or more."),
                )
        for table in (self.channel_rules, self.kind_rules):
            if len(table) > MOST_RULES:
                raise InvalidParameter(
                    message("There are {given} rules for channels.", given=len(table)),
                    message("Use up to {most}.", most=MOST_RULES),
                )
        _check_brand_words(self.brand_words)

    @classmethod
    def stored(cls, values: Mapping[str, Any]) -> Settings:
        """Settings from what ``dataclasses.asdict`` made of them."""
        rules = {
            name: tuple(ChannelRule(**one) for one in values.get(name, ()))
            for name in ("channel_rules", "kind_rules")
        }
        return cls(**{**values, **rules, "brand_words": tuple(values.get("brand_words", ()))})

    @property
    def rules(self) -> tuple[ChannelRule, ...]:
        """The rules that name channels."""
        return self.channel_rules or DEFAULT_RULES

    @property
    def kinds(self) -> tuple[ChannelRule, ...]:
        """The rules that name the kinds of channels that exports name."""
        return self.kind_rules or EXPORTED_RULES

    def counts_visits_like(self, other: Settings) -> bool:
        """Whether the same visits come out of the same events."""
        return all(getattr(self, name) == getattr(other, name) for name in _OF_VISITS)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.timezone)

    def with_values(self, **values: Any) -> Settings:
        """A copy with some values changed; checked like a new one."""
        known = {field.name for field in fields(self)}
        for name in values:
            if name not in known:
                raise InvalidParameter.not_one_of("setting", name, sorted(known))
        return replace(self, **values)


def words_between_commas(text: str) -> tuple[str, ...]:
    """The words of a line, each once, trimmed; Chinese keyboards write commas full width."""
    words = (" ".join(part.split()) for part in text.replace("，", ",").split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def _check_brand_words(words: tuple[str, ...]) -> None:
    if len(words) > MOST_WORDS:
        raise InvalidParameter(
            message("There are {given} brand words.", given=len(words)),
            message("Use up to {most}.", most=MOST_WORDS),
        )
    for word in words:
        if not 2 <= len(word) <= LONGEST_WORD:
            raise InvalidParameter(
                message("“{given}” can't be a brand word.", given=word[:LONGEST_WORD]),
                message("Use 2 to {most} letters: one alone is in every word.", most=LONGEST_WORD),
            )
