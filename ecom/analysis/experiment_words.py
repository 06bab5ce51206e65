"""What experiments say in sentences: the verdict, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ecom.analysis.experiment_tables import GUARDRAILS, Compared
from ecom.model import Amount, Notice, Unit
from ecom.models.experiments.decide import Decision, Reason
from ecom.models.experiments.guardrails import Guarded
from ecom.models.experiments.means import Adjustment
from ecom.models.experiments.plan import POWER
from ecom.models.experiments.split import SPLIT_SIGNIFICANCE, SplitCheck
from ecom.text import Text, message


def verdict(
    control: str,
    compared: Sequence[Compared],
    *,
    split: SplitCheck,
    visitors: Sequence[int],
    planned: int | None,
) -> tuple[Decision, Text]:
    """What to do with an experiment, in one sentence.

    The best variant that may be shipped speaks for all; else, while one is undecided, the
    experiment runs on; else the control stays.

    Parameters
    ----------
    visitors : of every variant, the control first.
    planned : visitors each variant was to have; None where nobody can say.
    """
    if split.is_broken:
        return Decision.BROKEN_SPLIT, message(
            "Do not read it: {visitors} visitors are not the planned split (by chance in less than "
            "{level} of experiments). First find out who is missing.",
            visitors=tuple(Amount(count) for count in visitors),
            level=Amount(SPLIT_SIGNIFICANCE, Unit.RATIO),
        )
    shipped = [one for one in compared if one.judgement.decision is Decision.SHIP]
    if shipped:
        best = max(shipped, key=lambda one: one.conversion.difference)
        return Decision.SHIP, _ship(best, control, is_planned_size=_is_reached(visitors, planned))
    if any(one.judgement.decision is Decision.RUN_ON for one in compared):
        return Decision.RUN_ON, _run_on(min(visitors), planned)
    return Decision.KEEP_CONTROL, _keep(compared, control)


def notices(
    *,
    control: str,
    compared: Sequence[Compared],
    switched: int,
    planned: int | None,
    planned_lift: float | None,
    adjustment: Adjustment | None,
    window_days: int | None,
) -> tuple[Notice, ...]:
    """What the reader should know beside the verdict.

    Parameters
    ----------
    planned_lift : what the planned size is to find; None where the file gave the size.
    window_days : None for results of another tool.
    """
    said = [message("“{control}” is taken for the control.", control=control)]
    if window_days is None:
        said.append(message("Counted by another tool; only its sums are known here."))
    else:
        said.append(
            message(
                "Orders count up to {days} days after a visitor’s first assignment. Dates and "
                "filters of the page do not apply: the experiment counts as a whole.",
                days=window_days,
            )
        )
    if planned is not None and planned_lift is not None:
        said.append(
            message(
                "The file names no planned size. {planned} visitors a variant are taken, which "
                "finds {lift} more or fewer buyers in {power} of cases (Evan Miller’s formula).",
                planned=Amount(planned),
                lift=Amount(planned_lift, Unit.RATIO),
                power=Amount(POWER, Unit.RATIO),
            )
        )
    if switched:
        said.append(
            message(
                "{count} visitors saw several variants and are left out.", count=Amount(switched)
            )
        )
    if adjustment is not None and adjustment.variance_ratio < 1:
        said.append(
            message(
                "Revenue per visitor is adjusted by earlier purchases (CUPED), which takes away "
                "{share} of its variance.",
                share=Amount(1 - adjustment.variance_ratio, Unit.RATIO),
            )
        )
    unclear = {
        guard.key for one in compared for guard in one.guards if guard.state is Guarded.UNCLEAR
    }
    if unclear:
        said.append(
            message(
                "Too few people to be sure that these are not harmed: {guardrails}.",
                guardrails=tuple(GUARDRAILS[key].name for key in GUARDRAILS if key in unclear),
            )
        )
    return tuple(map(Notice, said))


def _is_reached(visitors: Sequence[int], planned: int | None) -> bool:
    return planned is not None and min(visitors) >= planned


def _ship(best: Compared, control: str, *, is_planned_size: bool) -> Text:
    values = _shares(best, control)
    if is_planned_size:
        return message(
            "Ship “{variant}”: {share} of its visitors buy, against {base} with “{control}” "
            "({low} to {high}).",
            **values,
        )
    interval = None if best.look is None else best.look.interval
    assert interval is not None  # nothing is shipped early without a look
    values |= {"low": _points(interval.low), "high": _points(interval.high)}
    return message(
        "Ship “{variant}” already: {share} of its visitors buy, against {base} with “{control}” "
        "({low} to {high}, which holds for early looks, too).",
        **values,
    )


def _run_on(visitors: int, planned: int | None) -> Text:
    if planned is None:
        return message("Run on: too few buyers yet to plan or to tell.")
    if visitors >= planned:
        return message("Run on: too few buyers to tell, although the planned size is reached.")
    return message(
        "Run on: {visitors} of {planned} planned visitors a variant, and nothing is proven yet.",
        visitors=Amount(visitors),
        planned=Amount(planned),
    )


def _keep(compared: Sequence[Compared], control: str) -> Text:
    """Why no variant may be shipped, told of the one that sells best."""
    best = max(compared, key=lambda one: one.conversion.difference)
    match best.judgement.reason:
        case Reason.HARM:
            broken = [guard.key for guard in best.guards if guard.state is Guarded.BROKEN]
            return message(
                "Keep “{control}”: “{variant}” harms {guardrails} more than is put up with.",
                control=control,
                variant=best.variant,
                guardrails=tuple(GUARDRAILS[key].name for key in broken),
            )
        case Reason.WORSE:
            return message(
                "Keep “{control}”: {base} of its visitors buy, against {share} with “{variant}”.",
                **_shares(best, control),
            )
        case _:
            return message(
                "Keep “{control}”: at the planned size “{variant}” shows no difference ({low} to "
                "{high}).",
                **_shares(best, control),
            )


def _shares(one: Compared, control: str) -> dict[str, Any]:
    interval = one.conversion.interval
    return {
        "variant": one.variant,
        "control": control,
        "share": Amount(one.conversion.value, Unit.RATIO),
        "base": Amount(one.conversion.base, Unit.RATIO),
        "low": _points(None if interval is None else interval.low),
        "high": _points(None if interval is None else interval.high),
    }


def _points(share: float | None) -> Amount:
    return Amount(share, Unit.POINTS)
