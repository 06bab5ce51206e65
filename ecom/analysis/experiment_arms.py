"""The variants of an experiment as sums, and what is held against the control."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ecom.analysis.experiment_tables import GUARDRAILS, Guard
from ecom.models.experiments.effect import Effect
from ecom.models.experiments.guardrails import guard
from ecom.models.experiments.means import Adjustment, Moments, cuped, mean_effect
from ecom.models.experiments.shares import share_effect
from ecom.models.proportions import SIGNIFICANCE

CONTROLS = ("control", "original", "baseline", "base", "a", "对照组", "对照", "原版", "基准")


@dataclass(frozen=True, slots=True)
class Arm:
    """The sums of one variant.

    Attributes
    ----------
    planned_share : weight of the variant; NaN where nobody says.
    money : of all visitors; None where its spread is unknown.
    guarded : key of a guardrail -> people it happened to, people it could have happened to.
    """

    variant: str
    visitors: int
    buyers: int
    planned_share: float
    money: Moments | None
    guarded: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, row: pd.Series, *, is_counted: bool) -> Arm:
        """The sums in a row of ``assigned_facts``, or of ``reported_results``."""
        people, buyers = int(row["visitors"]), int(row["buyers"])
        share = float(row["planned_share"])
        if not is_counted:
            known = pd.notna(row["revenue"]) and pd.notna(row["revenue_squares"])
            money = Moments(people, row["revenue"], row["revenue_squares"]) if known else None
            return cls(row["variant"], people, buyers, share, money)
        money = Moments(
            people,
            *(
                float(row[name])
                for name in ("revenue", "revenue_squares", "before", "before_squares", "products")
            ),
        )
        guarded = {
            "refunds": (int(row["refunded"]), int(row["ordered"])),
            "bounce": (int(row["bounced"]), int(row["seen"])),
        }
        return cls(row["variant"], people, buyers, share, money, guarded)

    @property
    def money_of_buyers(self) -> Moments | None:
        """The same sums over buyers only: others paid nothing."""
        if self.money is None or not self.buyers:
            return None
        return Moments(self.buyers, self.money.total, self.money.squares)


def arms_of(rows: pd.DataFrame, *, is_counted: bool) -> list[Arm]:
    """The variants with visitors, the control first, the others in the order of the rows."""
    arms = [Arm.of(row, is_counted=is_counted) for _, row in rows.iterrows() if row["visitors"] > 0]
    control = _control([arm.variant for arm in arms]) if arms else ""
    return sorted(arms, key=lambda arm: arm.variant != control)


def planned_shares(arms: Sequence[Arm]) -> list[float]:
    """The planned weights; none where a variant has none, which means an equal split."""
    shares = [arm.planned_share for arm in arms]
    return shares if all(share > 0 for share in shares) else []


def effect_of(arm: Arm, control: Arm, *, significance: float = SIGNIFICANCE) -> Effect:
    """The share of visitors who bought, against the control's."""
    return share_effect(
        arm.buyers, arm.visitors, control.buyers, control.visitors, significance=significance
    )


def adjusted(arms: Sequence[Arm]) -> tuple[Adjustment | None, list[Moments] | None]:
    """Revenue per visitor after CUPED; as it is where nobody had bought before, None if unknown."""
    money = [arm.money for arm in arms if arm.money is not None]
    if len(money) < len(arms):
        return None, None
    if not any(sums.before_squares for sums in money):
        return None, money
    adjustment, changed = cuped(*money)
    return adjustment, list(changed)


def guards_of(arm: Arm, control: Arm, *, significance: float) -> Iterator[Guard]:
    """How the guardrails stand of which both sides know something."""
    for key, guardrail in GUARDRAILS.items():
        effect = None
        if key == "order_value":
            ours, base = arm.money_of_buyers, control.money_of_buyers
            if ours is not None and base is not None:
                effect = mean_effect(ours, base, significance=significance)
        elif all(side.guarded.get(key, (0, 0))[1] for side in (arm, control)):
            effect = share_effect(
                *arm.guarded[key], *control.guarded[key], significance=significance
            )
        if effect is not None:
            state = guard(effect, good=guardrail.good, tolerance=guardrail.tolerance)
            yield Guard(key, effect, state)


def _control(variants: Sequence[str]) -> str:
    """The variant that is called a control, else the first by name."""
    called = {name.strip().casefold(): name for name in reversed(variants)}
    return next((called[name] for name in CONTROLS if name in called), min(variants))
