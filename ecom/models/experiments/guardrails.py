"""Guardrails: what a variant must not harm, however well it sells."""

from __future__ import annotations

from enum import StrEnum

from ecom.errors import InvalidParameter
from ecom.models.experiments.effect import Effect
from ecom.text import message


class Guarded(StrEnum):
    """How a guardrail stands."""

    HELD = "held"
    BROKEN = "broken"
    UNCLEAR = "unclear"


def guard(effect: Effect, *, good: str, tolerance: float) -> Guarded:
    """Hold the interval of a relative change against the harm that is put up with.

    Held when the whole interval is better than the tolerated harm (a test of non-inferiority),
    broken when the whole interval is worse than it, unclear when it lies across.

    Parameters
    ----------
    effect : the guarded metric, variant against control.
    good : "up" or "down", the direction that is better.
    tolerance : largest relative harm put up with, 0.05 for 5 %; zero or more.

    Raises
    ------
    InvalidParameter
        No such direction, or a tolerance below zero.
    """
    if good not in ("up", "down"):
        raise InvalidParameter.not_one_of("good", good, ("up", "down"))
    if tolerance < 0:
        raise InvalidParameter(
            message("{name} can't be “{given}”.", name="tolerance", given=tolerance),
            message("Allowed: zero or more."),
        )
    changes = effect.lift_interval
    if changes is None:
        return Guarded.UNCLEAR
    best, worst = (changes.high, changes.low) if good == "up" else (-changes.low, -changes.high)
    if worst >= -tolerance:
        return Guarded.HELD
    return Guarded.BROKEN if best < -tolerance else Guarded.UNCLEAR
