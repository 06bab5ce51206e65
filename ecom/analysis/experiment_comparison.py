"""Every variant of an experiment against its control, all tests corrected for their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ecom.analysis.experiment_arms import Arm, effect_of, guards_of
from ecom.analysis.experiment_looks import latest
from ecom.analysis.experiment_tables import Compared, DailyLook
from ecom.models.experiments.decide import Evidence, decide
from ecom.models.experiments.effect import Effect
from ecom.models.experiments.means import Moments, mean_effect
from ecom.models.experiments.several import holm
from ecom.models.experiments.split import SplitCheck
from ecom.models.proportions import SIGNIFICANCE


def compare(
    arms: Sequence[Arm],
    money: list[Moments] | None,
    looks: Mapping[str, Sequence[DailyLook]],
    *,
    planned: int | None,
    split: SplitCheck,
) -> list[Compared]:
    """Judge the variants after the first, which is the control.

    Parameters
    ----------
    money : sums of revenue in the order of ``arms``, adjusted; None where unknown.
    planned : visitors each variant is to have; None where nobody can say.
    """
    control, others = arms[0], arms[1:]
    level = SIGNIFICANCE / len(others)
    sold = [effect_of(arm, control, significance=level) for arm in others]
    paid: list[Effect | None] = [None] * len(others)
    if money is not None:
        paid = [mean_effect(sums, money[0], significance=level) for sums in money[1:]]
    seen = [latest(looks[arm.variant]) for arm in others]
    p = _holm([effect.p for effect in sold])
    early_p = _holm([None if one is None else one.p for one in seen])
    revenue_p = _holm([None if one is None else one.p for one in paid])
    compared = []
    for place, arm in enumerate(others):
        guards = tuple(guards_of(arm, control, significance=level))
        evidence = Evidence(
            lift=sold[place].lift,
            p=p[place],
            early_p=early_p[place],
            is_planned_size=planned is not None and min(a.visitors for a in arms) >= planned,
            guardrails=[one.state for one in guards],
        )
        compared.append(
            Compared(
                arm.variant, arm.visitors, arm.buyers, sold[place], paid[place], seen[place],
                p[place], early_p[place], revenue_p[place], guards,
                decide(evidence, is_split_broken=split.is_broken),
            )
        )  # fmt: skip
    return compared


def _holm(values: Sequence[float | None]) -> list[float | None]:
    """Correct those that are known."""
    known = iter(holm([value for value in values if value is not None]))
    return [None if value is None else next(known) for value in values]
