"""What to do about a source of visitors: scale it, mend where it lands, cut it, or watch it.

The rule, in this order; what it needs and does not know makes it ``watch``:

1. ``cut``: the source is paid for, its first orders lose money, and what its customers earn by
   buying again in time does not make up for it.
2. ``fix landing``: many visitors, a conversion below the rest's and bounces above the rest's, both
   by more than chance.
3. ``scale``: a conversion above the rest's by more than chance, and first orders lose no money.
4. ``watch``: all else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ecom.models.proportions import LEAST_PEOPLE, SIGNIFICANCE, Verdict, compare_shares


class Advice(StrEnum):
    """What to do."""

    SCALE = "scale"
    FIX = "fix"
    CUT = "cut"
    WATCH = "watch"


class Because(StrEnum):
    """What decided."""

    LOSES = "loses"
    WORSE_AND_BOUNCES = "worse_and_bounces"
    BETTER = "better"
    EARNED_BACK = "earned_back"
    REPEAT_UNKNOWN = "repeat_unknown"
    BETTER_MARGIN_UNKNOWN = "better_margin_unknown"
    BETTER_BUT_LOSES = "better_but_loses"
    WORSE_FEW = "worse_few"
    WORSE_BOUNCE_UNKNOWN = "worse_bounce_unknown"
    WORSE_STAYS = "worse_stays"
    TOO_FEW = "too_few"
    UNKNOWN = "unknown"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole`` people or visits."""

    part: float
    whole: float

    @property
    def rate(self) -> float | None:
        """0..1; None of nobody."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a source. None: not known.

    Attributes
    ----------
    buyers, rest_buyers : of the visitors of the source, and of all other sources of its shops.
    bounces, rest_bounces : of the visits.
    is_large : whether it brings many visitors.
    is_paid : whether money is spent on it.
    first_orders : of new customers.
    margin : of a first order, after cost of goods and ad spend.
    gross : of a first order, before ad spend.
    repeated : customers who bought again in time, of those won long enough ago.
    """

    buyers: Share | None
    rest_buyers: Share | None
    bounces: Share | None
    rest_bounces: Share | None
    is_large: bool
    is_paid: bool
    first_orders: int
    margin: float | None
    gross: float | None
    repeated: Share | None

    @property
    def earned_back(self) -> float | None:
        """Margin of a customer with the repeat counted as one more order without ad spend."""
        if self.margin is None or self.gross is None or self.repeated is None:
            return None
        rate = self.repeated.rate
        return None if rate is None else self.margin + rate * self.gross


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer; ``conversion`` holds the source against the rest."""

    advice: Advice
    because: Because
    conversion: Verdict | None


def judge(evidence: Evidence, *, tests: int) -> Judgement:
    """Say what to do about a source.

    Parameters
    ----------
    tests : sources looked at together; the significance is divided by it (Bonferroni).
    """
    level = SIGNIFICANCE / max(tests, 1)
    conversion = _against(evidence.buyers, evidence.rest_buyers, level)
    advice, because = _losing(evidence) or _by_conversion(evidence, conversion, level)
    return Judgement(advice, because, conversion)


def _losing(evidence: Evidence) -> tuple[Advice, Because] | None:
    """About a paid source whose first orders lose money."""
    loses = evidence.margin is not None and evidence.margin < 0
    if not (evidence.is_paid and loses and evidence.first_orders >= LEAST_PEOPLE):
        return None
    told, back = evidence.repeated, evidence.earned_back
    if back is None or told is None or told.whole < LEAST_PEOPLE:
        return Advice.WATCH, Because.REPEAT_UNKNOWN
    return (Advice.CUT, Because.LOSES) if back < 0 else (Advice.WATCH, Because.EARNED_BACK)


def _by_conversion(
    evidence: Evidence, conversion: Verdict | None, level: float
) -> tuple[Advice, Because]:
    match conversion:
        case None:
            return Advice.WATCH, Because.UNKNOWN
        case Verdict.TOO_FEW:
            return Advice.WATCH, Because.TOO_FEW
        case Verdict.NO_DIFFERENCE:
            return Advice.WATCH, Because.ALIKE
        case Verdict.HIGHER:
            if evidence.margin is None:
                return Advice.WATCH, Because.BETTER_MARGIN_UNKNOWN
            if evidence.margin < 0:
                return Advice.WATCH, Because.BETTER_BUT_LOSES
            return Advice.SCALE, Because.BETTER
        case Verdict.LOWER:
            return _worse(evidence, level)


def _worse(evidence: Evidence, level: float) -> tuple[Advice, Because]:
    if not evidence.is_large:
        return Advice.WATCH, Because.WORSE_FEW
    bounce = _against(evidence.bounces, evidence.rest_bounces, level)
    if bounce is None:
        return Advice.WATCH, Because.WORSE_BOUNCE_UNKNOWN
    if bounce is Verdict.HIGHER:
        return Advice.FIX, Because.WORSE_AND_BOUNCES
    return Advice.WATCH, Because.WORSE_STAYS


def _against(own: Share | None, rest: Share | None, level: float) -> Verdict | None:
    if own is None or rest is None:
        return None
    # A buyer may have come by two sources of a day, so the parts can exceed the whole by a hair.
    part, rest_part = min(own.part, own.whole), min(rest.part, rest.whole)
    return compare_shares(
        int(part), int(own.whole), int(rest_part), int(rest.whole), significance=level
    ).verdict
