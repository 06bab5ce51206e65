"""Reconciliation: which sums agree with their details, and what a difference is."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from ecom.analysis.reconcile import Check, ReconcileReport, title
from ecom.model import Period
from ecom.text import Text, message
from ecom.ui import address, blocks, cache
from ecom.ui.frame import View
from ecom.ui.words import plain

_SPANS: dict[str, Text] = {
    "30": message("Last 30 days"),
    "90": message("Last 90 days"),
    "365": message("Last 365 days"),
    "all": message("All days"),
}


def show(view: View) -> None:
    """The checks, the days of a chosen one, and what could not be compared."""
    span = address.select(
        f"{view.page.key}_span",
        view.say(message("Days compared")),
        {name: view.say(text) for name, text in _SPANS.items()},
        "90",
        key=f"{view.page.key}_span.{view.language.code}",
        width=200,
    )
    report = cache.reconciled(view.workspace, view.version, _period(view, span))
    st.markdown(f"##### {plain(view.say(report.headline))}")
    st.caption(plain(view.language.period(report.period)))
    blocks.table(view, report.table, title=message("Sums against details"), key="checks")
    if report.checks:
        _days(view, report)
    if not report.stock.is_empty:
        blocks.table(view, report.stock, title=message("Stock that nothing explains"), key="stock")
    if not report.not_compared.is_empty:
        with st.expander(view.say(message("Not compared"))):
            blocks.table(
                view, report.not_compared, title=message("Not compared"), key="not_compared"
            )


def _period(view: View, span: str) -> Period | None:
    last = view.resolved.last_day
    if span == "all" or last is None:
        return None
    return Period(last - timedelta(int(span) - 1), last)


def _days(view: View, report: ReconcileReport) -> None:
    """The days of one check that differ the most, and everything said about it."""
    names = view.resolved.shop_names
    labels = {
        f"{check.spec.key}|{check.shop_id}|{check.part}": _label(view, check, names)
        for check in report.checks
    }
    chosen = address.select(
        f"{view.page.key}_check",
        view.say(message("Show days of")),
        labels,
        next(iter(labels)),
        key=f"{view.page.key}_check.{view.language.code}",
        width=420,
    )
    check = report.checks[list(labels).index(chosen)]
    sides = message(
        "Reported: {reported}. Counted: {counted}.",
        reported=check.spec.reported,
        counted=check.spec.counted,
    )
    lines = [sides, *check.explanations]
    if check.reasons:
        lines.append(message("Possible: {reasons}.", reasons=check.reasons))
    st.markdown(plain(" ".join(view.say(line) for line in lines)))
    blocks.table(view, check.worst, title=message("Days that differ the most"), key="worst")


def _label(view: View, check: Check, names: dict[str, str]) -> str:
    shop = names.get(check.shop_id, check.shop_id)
    parts = (view.say(title(check.spec, check.part)), shop)
    return " · ".join(part for part in parts if part)
