"""From the tests of a variant to what should be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ecom.models.experiments.guardrails import Guarded
from ecom.models.proportions import SIGNIFICANCE


class Decision(StrEnum):
    """What to do."""

    SHIP = "ship"
    KEEP_CONTROL = "keep_control"
    RUN_ON = "run_on"
    BROKEN_SPLIT = "broken_split"


class Reason(StrEnum):
    """Why."""

    BETTER = "better"
    WORSE = "worse"
    HARM = "harm"  # a guardrail is broken
    NO_DIFFERENCE = "no_difference"  # at the planned size
    TOO_EARLY = "too_early"  # before it
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one variant.

    Attributes
    ----------
    lift : relative change of the main metric; None where the control has nothing.
    p : of the fixed test, already corrected for several variants; None with too few people.
    early_p : of the always-valid test, corrected too.
    is_planned_size : whether the smaller of variant and control has the planned visitors.
    guardrails : how each stands.
    """

    lift: float | None
    p: float | None
    early_p: float | None
    is_planned_size: bool
    guardrails: Sequence[Guarded] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to do, and why."""

    decision: Decision
    reason: Reason


def decide(
    evidence: Evidence, *, is_split_broken: bool, significance: float = SIGNIFICANCE
) -> Judgement:
    """What to do with a variant.

    Before the planned size only the always-valid test may end an experiment; from it on the fixed
    test does. A broken split ends everything: whom the difference is between is unknown.
    """
    if is_split_broken:
        return Judgement(Decision.BROKEN_SPLIT, Reason.SPLIT)
    if Guarded.BROKEN in evidence.guardrails:
        return Judgement(Decision.KEEP_CONTROL, Reason.HARM)
    p = evidence.p if evidence.is_planned_size else evidence.early_p
    if p is not None and p < significance and evidence.lift is not None:
        if evidence.lift > 0:
            return Judgement(Decision.SHIP, Reason.BETTER)
        return Judgement(Decision.KEEP_CONTROL, Reason.WORSE)
    if evidence.is_planned_size and p is not None:
        return Judgement(Decision.KEEP_CONTROL, Reason.NO_DIFFERENCE)
    return Judgement(Decision.RUN_ON, Reason.TOO_EARLY)
