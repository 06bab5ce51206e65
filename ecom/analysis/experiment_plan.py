"""Before an experiment: how many visitors it needs, and how many days that takes."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from ecom.models.experiments.plan import POWER, power_of, visitors_needed
from ecom.models.proportions import SIGNIFICANCE


@dataclass(frozen=True, slots=True)
class Plan:
    """What an experiment takes.

    Attributes
    ----------
    visitors : of each variant, by Evan Miller's formula.
    days : until all variants have them; None without traffic.
    power : chance that the test then finds the change, which the formula only approximates.
    """

    visitors: int
    days: int | None
    power: float


def plan(
    baseline: float,
    *,
    lift: float,
    power: float = POWER,
    variants: int = 2,
    daily_visitors: float = 0.0,
) -> Plan:
    """Plan an experiment on the share of visitors who buy.

    Parameters
    ----------
    baseline : that share at present, 0..1.
    lift : smallest relative change worth finding.
    variants : the control included; each is compared with it, so more variants need more visitors
        (Bonferroni).
    daily_visitors : new to the experiment on a day, over all variants.

    Raises
    ------
    InvalidParameter
        The share, the change or the power is out of its range.
    """
    level = SIGNIFICANCE / max(variants - 1, 1)
    change = baseline * lift
    visitors = visitors_needed(baseline, change, power=power, significance=level)
    return Plan(
        visitors=visitors,
        days=ceil(visitors * variants / daily_visitors) if daily_visitors > 0 else None,
        power=power_of(baseline, change, visitors, significance=level),
    )
