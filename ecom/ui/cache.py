"""Answers are computed once per store version and question, and shared by all who look.

The key is the question in words, with the store's name and version; how to answer it is left out of
the key (leading underscore).
All readers are given the same object, not a copy each, so that what is drawn of it can be shared as
well (``ecom.charts.base.drawn_once``); nobody changes an answer.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ecom.analysis import provenance as made_of
from ecom.analysis import registry
from ecom.analysis.base import Report
from ecom.analysis.coverage import CoverageReport
from ecom.analysis.coverage import coverage as coverage_of
from ecom.analysis.funnel import ACTIONS
from ecom.analysis.own_steps import PROPERTIES
from ecom.analysis.provenance import Provenance
from ecom.analysis.reconcile import ReconcileReport, reconcile
from ecom.analysis.skus import SkuReport
from ecom.analysis.skus import skus as skus_of
from ecom.model import Period, Scope
from ecom.queries.carts import product_names
from ecom.queries.event_log import event_names as event_names_of
from ecom.queries.event_values import event_values as event_values_of
from ecom.queries.options import FilterOptions, filter_options
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.ui.turns import Turns
from ecom.ui.workspace import Workspace

Options = tuple[tuple[str, Any], ...]
_LOG = logging.getLogger(__name__)
_KEPT, _KEPT_PRIVATE = 256, 64
_LOOK_SECONDS = 1
# One has Python while another's query is in the engine. Patience is beyond any wait measured.
_turns = Turns(max(2, os.cpu_count() or 2), patience=30)


def report(workspace: Workspace, version: int, page: str, scope: Scope, options: Options) -> Report:
    """A page's report; ``options`` are its keyword arguments."""
    answer: Report = _ask(workspace, version, "report", page, scope, options)
    return answer


def resolved(workspace: Workspace, version: int, scope: Scope) -> ResolvedScope:
    """A scope with its blanks filled in."""
    answer: ResolvedScope = _ask(workspace, version, "resolved", scope)
    return answer


def provenance(workspace: Workspace, version: int, scope: Scope, page: str) -> Provenance:
    """The batches behind a page."""
    answer: Provenance = _ask(workspace, version, "provenance", scope, page)
    return answer


def offered(workspace: Workspace, version: int) -> FilterOptions:
    """What the filters offer."""
    answer: FilterOptions = _ask(workspace, version, "offered")
    return answer


def event_names(workspace: Workspace, version: int, scope: Scope) -> tuple[str, ...]:
    """The kinds of events in the logs of the scope's shops, those of a purchase first."""
    answer: tuple[str, ...] = _ask(workspace, version, "event names", scope)
    return answer


def event_values(
    workspace: Workspace, version: int, scope: Scope, event: str
) -> Mapping[str, Mapping[str, str]]:
    """What a step of that event can be narrowed to: property -> value -> how it is shown."""
    answer: Mapping[str, Mapping[str, str]] = _ask(workspace, version, "event values", scope, event)
    return answer


def coverage(workspace: Workspace, version: int) -> CoverageReport:
    """Which days each source covers."""
    answer: CoverageReport = _ask(workspace, version, "coverage")
    return answer


def reconciled(workspace: Workspace, version: int, period: Period | None) -> ReconcileReport:
    """Aggregates against details; ``period`` None means all days."""
    answer: ReconcileReport = _ask(workspace, version, "reconciled", period)
    return answer


def skus(workspace: Workspace, version: int) -> SkuReport:
    """Products one side does not know."""
    answer: SkuReport = _ask(workspace, version, "skus")
    return answer


def recent_version(workspace: Workspace) -> int:
    """The store's version, at most a second old; one look serves all who watch."""
    return _looked(_store=workspace.store, key=workspace.key)


def forget() -> None:
    """Let go of every answer that all sessions share."""
    _team_answer.clear()


def _ask(workspace: Workspace, version: int, question: str, *arguments: Any) -> Any:
    # Spelled out, since Streamlit takes long to hash a scope.
    asked = repr((workspace.key, version, question, *arguments))
    ask = _private_answer if workspace.is_private else _team_answer
    store = workspace.at(version)
    return ask(asked=asked, _answer=lambda: _compute(asked, store, question, *arguments))


def _compute(asked: str, store: Store, question: str, *arguments: Any) -> Any:
    # Only what takes long waits its turn, or a page would wait several times.
    with _turns.taken(_until_called_off) if question == "report" else nullcontext():
        # The benchmark counts these: what many ask at once is computed for the first only.
        _LOG.debug("computing %s", asked)
        return _QUESTIONS[question](store, *arguments)


def _until_called_off() -> None:
    """End a run whose reader has left or chosen something else, as each element drawn would."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None and context.yield_check is not None:
        context.yield_check()


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _team_answer(asked: str, _answer: Callable[[], Any]) -> Any:
    return _answer()


@st.cache_resource(max_entries=_KEPT_PRIVATE, show_spinner=False, scope="session")
def _private_answer(asked: str, _answer: Callable[[], Any]) -> Any:
    return _answer()


@st.cache_resource(max_entries=_KEPT, ttl=_LOOK_SECONDS, show_spinner=False)
def _looked(_store: Store, key: str) -> int:
    return _store.version


def _report(store: Store, page: str, scope: Scope, options: Options) -> Report:
    return registry.report(store, page, scope, **dict(options))


def _event_names(store: Store, scope: Scope) -> tuple[str, ...]:
    return event_names_of(store, resolve(store, scope), first=ACTIONS)


def _event_values(store: Store, scope: Scope, event: str) -> Mapping[str, Mapping[str, str]]:
    frame = event_values_of(store, resolve(store, scope), event, properties=PROPERTIES)
    names = product_names(store)
    return {
        str(name): {
            value: f"{names[value]} ({value})" if name == "product_id" and value in names else value
            for value in rows["value"]
        }
        for name, rows in frame.groupby("property")
    }


_QUESTIONS: dict[str, Callable[..., Any]] = {
    "report": _report,
    "resolved": resolve,
    "offered": filter_options,
    "event names": _event_names,
    "event values": _event_values,
    "coverage": coverage_of,
    "reconciled": reconcile,
    "skus": skus_of,
    "provenance": made_of.provenance,
}
