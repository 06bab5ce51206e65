"""Who is at a step: the visits that went on or left there, by what they are and what they saw.

Groups, never people: a share of those chosen beside the same share of all who were at the step
before. Visits are counted, each for itself: one that left may belong to somebody who bought later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ecom.analysis.base import Column, Gap, Report, Table, header_of, words
from ecom.analysis.funnel import ACTIONS, LOGS
from ecom.analysis.funnel_tables import VALUE_LABELS, step_label
from ecom.analysis.sudden_tables import SPLIT_LABELS
from ecom.errors import InvalidParameter
from ecom.model import Amount, Notice, Scope, Unit
from ecom.models.proportions import LEAST_PEOPLE, SIGNIFICANCE, Verdict, compare_shares
from ecom.queries.event_log import EventLog, event_log
from ecom.queries.passages import SPLITS, visit_passages
from ecom.queries.scope import ResolvedScope, resolve
from ecom.queries.step_products import step_products
from ecom.store import Store
from ecom.terms import term
from ecom.text import Text, message

SIDES = ("left", "went_on")
MOST_PRODUCTS = 30
_COUNTED = (
    Column("visits", message("Visits"), Unit.COUNT),
    Column("share", message("Share"), Unit.RATIO, help=message("Of the visits chosen.")),
    Column(
        "of_all",
        message("Of all at the step before"),
        Unit.RATIO,
        help=message("The same share of all visits that did the step before."),
    ),
    Column(
        "index",
        message("Index"),
        Unit.NUMBER,
        help=message(
            "Share ÷ share of all: above 1 there are more of them here than elsewhere. Empty below "
            "{least} visits at the step before.",
            least=LEAST_PEOPLE,
        ),
    ),
    Column(
        "is_clear",
        message("More than chance"),
        help=message(
            "Two-proportion test of the share that goes on, against the other visits, at 5 % "
            "divided among the rows."
        ),
    ),
)
COLUMNS = (Column("split", message("Split by")), Column("value", message("Group")), *_COUNTED)
PRODUCT_COLUMNS = (Column("product", message("Product viewed")), *_COUNTED)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class StepSegmentsReport(Report):
    """The answer.

    Attributes
    ----------
    step, side : as asked; "" where there is no log.
    segments : every value of every split, most visits first within a split; ``COLUMNS``.
    products : what these visits viewed, most visits first; ``PRODUCT_COLUMNS``. A visit that viewed
        several is in several rows.
    """

    step: str
    side: str
    segments: Table
    products: Table


def report(
    store: Store, scope: Scope, *, step: str = "purchase", side: str = "left"
) -> StepSegmentsReport:
    """Answer who went on to a step, or left before it.

    Parameters
    ----------
    step : one of ``ACTIONS``. A step that the log doesn't know is taken for its last.
    side : "left": did the step before, but not this one; "went_on": did both.

    Raises
    ------
    InvalidParameter
        No such step or side.
    """
    if step not in ACTIONS:
        raise InvalidParameter.not_one_of("step", step, ACTIONS)
    if side not in SIDES:
        raise InvalidParameter.not_one_of("side", side, SIDES)
    resolved = resolve(store, scope)
    log = event_log(store, resolved, ACTIONS)
    if log is None or not log.common:
        return _answer(resolved, None, "", side, _nothing(COLUMNS), _nothing(PRODUCT_COLUMNS))
    step = step if step in log.common else log.common[-1]
    place = log.common.index(step)
    frame = visit_passages(
        store, resolved, resolved.period, shops=log.shops, steps=log.common
    ).rename(columns={f"at_{step}": "at", f"on_{step}": "on"})
    rows = pd.concat(
        [frame.groupby(split)[["at", "on"]].sum().reset_index(names="value") for split in SPLITS],
        keys=SPLITS,
        names=["split", None],
    ).reset_index("split")
    all_visits, chosen = _totals(frame, side)
    products = step_products(
        store,
        resolved,
        shops=log.shops,
        before=log.common[place - 1] if place else None,
        step=step,
    )
    return _answer(
        resolved,
        log,
        step,
        side,
        _segments(_counted(rows, side, all_visits, chosen)),
        _counted(products, side, all_visits, chosen).query("visits > 0").head(MOST_PRODUCTS),
        chosen=chosen,
        all_visits=all_visits,
    )


def _answer(
    resolved: ResolvedScope,
    log: EventLog | None,
    step: str,
    side: str,
    segments: pd.DataFrame,
    products: pd.DataFrame,
    *,
    chosen: int = 0,
    all_visits: int = 0,
) -> StepSegmentsReport:
    notice = message("Visits are counted, not people: who left may have bought in a later visit.")
    return StepSegmentsReport(
        header=header_of(resolved),
        headline=_headline(step, side, chosen, all_visits),
        kpis=(),
        gaps=()
        if log
        else (Gap(message("The way of the same people from visit to purchase"), LOGS),),
        notices=(*resolved.notices, *((Notice(notice),) if log else ())),
        step=step,
        side=side,
        segments=Table.make(segments, *COLUMNS),
        products=Table.make(products, *PRODUCT_COLUMNS),
    )


def _headline(step: str, side: str, chosen: int, all_visits: int) -> Text:
    if not all_visits:
        return message("No visit reached the step before.")
    values = {
        "step": step_label(step),
        "count": Amount(chosen),
        "all": Amount(all_visits),
        "share": Amount(chosen / all_visits, Unit.RATIO),
    }
    if side == "left":
        return message("{count} of {all} visits ({share}) left before “{step}”.", **values)
    return message("{count} of {all} visits ({share}) went on to “{step}”.", **values)


def _totals(frame: pd.DataFrame, side: str) -> tuple[int, int]:
    at, on = int(frame["at"].sum()), int(frame["on"].sum())
    return at, on if side == "went_on" else at - on


def _counted(rows: pd.DataFrame, side: str, all_visits: int, chosen: int) -> pd.DataFrame:
    """``at`` and ``on`` as visits of the side, their share, the share of all, and the index."""
    at, on = (rows[name].astype("float64") for name in ("at", "on"))
    visits = on if side == "went_on" else at - on
    share, of_all = visits / max(chosen, 1), at / max(all_visits, 1)
    index = (share / of_all).where((at >= LEAST_PEOPLE) & (chosen > 0))
    made = rows.assign(
        visits=visits.astype("int64"),
        share=share,
        of_all=of_all,
        index=index,
        is_clear=_clear(rows, all_visits, chosen if side == "went_on" else all_visits - chosen),
    )
    keys = ["split"] if "split" in rows else []
    return made.sort_values([*keys, "visits"], ascending=[*(True for _ in keys), False])


def _clear(rows: pd.DataFrame, all_visits: int, went_on: int) -> list[bool]:
    """Whether the share of each row that goes on differs from that of the other visits."""
    significance = SIGNIFICANCE / max(len(rows), 1)
    return [
        compare_shares(on, at, went_on - on, all_visits - at, significance=significance).verdict
        in (Verdict.HIGHER, Verdict.LOWER)
        for at, on in rows[["at", "on"]].astype("int64").to_numpy().tolist()
    ]


def _segments(rows: pd.DataFrame) -> pd.DataFrame:
    shown = rows[rows["at"] > 0]
    return shown.assign(
        split=words(SPLIT_LABELS[split] for split in shown["split"]).to_numpy(),
        value=words(VALUE_LABELS.get(value) or term(value) for value in shown["value"]).to_numpy(),
    )


def _nothing(columns: tuple[Column, ...]) -> pd.DataFrame:
    return pd.DataFrame({column.key: np.array([], dtype="object") for column in columns})
