"""Page and price experiments: does a variant sell better, can it be trusted, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ecom.analysis.base import Column, Gap, Report, Table, header_of, words
from ecom.analysis.experiment_arms import Arm, adjusted, arms_of, planned_shares
from ecom.analysis.experiment_comparison import compare
from ecom.analysis.experiment_looks import look_once, looks_by_day, table_of
from ecom.analysis.experiment_tables import guardrail_table, variant_table
from ecom.analysis.experiment_words import notices, verdict
from ecom.model import Notice, Scope
from ecom.models.experiments.decide import Decision
from ecom.models.experiments.means import Adjustment
from ecom.models.experiments.plan import visitors_needed
from ecom.models.experiments.split import SplitCheck, check_split
from ecom.queries.experiments import assigned_facts, reported_results
from ecom.queries.scope import resolve
from ecom.store import Store
from ecom.text import Text, message

PLANNED_LIFT = 0.1  # smallest relative change worth finding, where the file plans no size
BEFORE_DAYS = 28  # of earlier purchases, for CUPED
TEMPLATES = ("own_experiment_assignments", "own_experiment_results")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Experiment:
    """One experiment.

    Attributes
    ----------
    is_counted : from assignments, by us; else as another tool counted it.
    first_day, last_day : of assignments; None where a tool does not say.
    control : the variant the others are held against.
    planned_visitors : of each variant, from the file, else for ``PLANNED_LIFT``; None without
        buyers in the control.
    switched : people left out because they saw several variants.
    variants : ``experiment_tables.VARIANT_COLUMNS``, the control first, then by name.
    looks : the always-valid view by day; ``LOOK_COLUMNS``. Empty for another tool's results.
    guardrails : ``GUARDRAIL_COLUMNS``.
    adjustment : what CUPED did; None where earlier purchases are unknown.
    """

    name: str
    is_counted: bool
    first_day: date | None
    last_day: date | None
    control: str
    planned_visitors: int | None
    switched: int
    split: SplitCheck
    variants: Table
    looks: Table
    guardrails: Table
    adjustment: Adjustment | None
    decision: Decision
    verdict: Text
    notices: tuple[Notice, ...]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ExperimentsReport(Report):
    """All experiments of the scope's shops, the latest first; ``gaps`` says how to bring one.

    Attributes
    ----------
    summary : one row an experiment: name, first and last day, verdict.
    """

    summary: Table
    experiments: tuple[Experiment, ...]


def report(store: Store, scope: Scope) -> ExperimentsReport:
    """Judge every experiment of the scope's shops.

    An experiment counts as a whole: period, channels, devices and regions do not apply. Where
    assignments and another tool's results speak of the same one, the assignments are counted.
    """
    resolved = resolve(store, scope)
    money = resolved.currency
    window = resolved.settings.funnel_window_days
    facts = assigned_facts(store, resolved, window_days=window, before_days=BEFORE_DAYS)
    told = reported_results(store, resolved)
    found: dict[str, Experiment | None] = {}
    if facts is not None:
        days = dict(_by_name(facts.days))
        for name, rows in _by_name(facts.variants):
            found[name] = _experiment(
                name, rows, days.get(name), window_days=window, currency=money
            )
    for name, rows in _by_name(told):
        if found.get(name) is None:
            found[name] = _experiment(name, rows, None, window_days=None, currency=money)
    known = [one for one in found.values() if one is not None]
    known.sort(key=lambda one: (one.last_day or date.min, one.name), reverse=True)
    gaps = () if known else (Gap(message("Page and price experiments"), TEMPLATES),)
    return ExperimentsReport(
        header=header_of(resolved),
        headline=known[0].verdict if known else message("No experiment yet."),
        kpis=(),
        gaps=gaps,
        summary=_summary(known),
        experiments=tuple(known),
    )


def _summary(known: Sequence[Experiment]) -> Table:
    frame = pd.DataFrame(
        {
            "experiment": pd.Series([one.name for one in known], dtype="str"),
            "first_day": words(one.first_day or "" for one in known),
            "last_day": words(one.last_day or "" for one in known),
            "verdict": words(one.verdict for one in known),
        }
    )
    return Table.make(
        frame,
        Column("experiment", message("Experiment")),
        Column("first_day", message("First day")),
        Column("last_day", message("Last day")),
        Column("verdict", message("Verdict")),
    )


def _by_name(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for name, rows in frame.groupby("experiment"):
        yield str(name), rows


def _experiment(
    name: str,
    rows: pd.DataFrame,
    days: pd.DataFrame | None,
    *,
    window_days: int | None,
    currency: str,
) -> Experiment | None:
    """Judge one experiment; None where fewer than two variants have visitors."""
    is_counted = window_days is not None
    arms = arms_of(rows, is_counted=is_counted)
    if len(arms) < 2:
        return None
    control, visitors = arms[0], [arm.visitors for arm in arms]
    switched = int(rows["switched"].sum()) if is_counted else 0
    split = check_split(visitors, shares=planned_shares(arms))
    given = rows["planned_visitors"].max()
    planned = _planned(control) if pd.isna(given) else int(given)
    looks = look_once(arms) if days is None else looks_by_day(arms, days)
    adjustment, money = adjusted(arms)
    compared = compare(arms, money, looks, planned=planned, split=split)
    decision, sentence = verdict(
        control.variant, compared, split=split, visitors=visitors, planned=planned
    )
    paid = None if money is None else money[0].mean
    return Experiment(
        name=name,
        is_counted=is_counted,
        first_day=_day(rows["first_day"].min()),
        last_day=_day(rows["last_day"].max()),
        control=control.variant,
        planned_visitors=planned,
        switched=switched,
        split=split,
        variants=variant_table(control.variant, control.visitors, control.buyers, paid, compared),
        looks=table_of(looks),
        guardrails=guardrail_table(compared, currency=currency),
        adjustment=adjustment,
        decision=decision,
        verdict=sentence,
        notices=notices(
            control=control.variant,
            compared=compared,
            switched=switched,
            planned=planned,
            planned_lift=PLANNED_LIFT if pd.isna(given) else None,
            adjustment=adjustment,
            window_days=window_days,
        ),
    )


def _planned(control: Arm) -> int | None:
    share = control.buyers / control.visitors
    change = share * PLANNED_LIFT
    return visitors_needed(share, change) if share > 0 and share + change <= 1 else None


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
