"""The drill-down of the traffic page: open a row, go back by the path; the address keeps it."""

from __future__ import annotations

import streamlit as st

from ecom.analysis.drilldown import FIRST, KIND, LEVELS, DrilldownReport
from ecom.analysis.traffic_tables import PART_LABELS
from ecom.charts import drilldown as charts
from ecom.text import message
from ecom.ui import address, blocks
from ecom.ui.frame import View
from ecom.ui.tables import draw

_OPENED, _FIRST = "traffic_opened", "traffic_first"
_MEANT = len(LEVELS) - 1  # names a link may hold


def show(view: View) -> None:
    """The level that is opened: over time, what moved it, and in numbers."""
    names = address.chosen(_OPENED)
    first = _first(view) if not names else address.one_of(_FIRST, FIRST, FIRST[0])
    opened = names[: _MEANT + (first == KIND)]
    if opened:
        _path(view, opened)
    report = view.report("drilldown", opened=opened, first=first)
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    blocks.kpi_row(view, report.kpis)
    if report.parts.is_empty:
        blocks.gap_list(view, report.gaps)
    else:
        _choose(view, report)
        red = view.settings.good_is_red
        if not report.series.is_empty:
            blocks.chart(view, charts.share(report, view.language))
        blocks.chart(view, charts.moves(report, view.language, good_is_red=red))
        _rows(view, report)
    blocks.table(
        view, report.sources, title=message("Where the counts come from"), key="drilldown_sources"
    )
    blocks.downloads(view, report)


def _first(view: View) -> str:
    """What the first level is of: asked only there, because it is what names below stand on."""
    options = {"channel": message("Channels"), KIND: message("Kinds of sources")}
    return view.choose("first", message("First level"), options, FIRST[0])


def _path(view: View, opened: tuple[str, ...]) -> None:
    """Where we are; each name leads back to its level."""
    names = [view.say(message("All sources")), *(view.language.term(name) for name in opened)]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for depth, name in enumerate(names):
            st.button(
                name if depth == 0 else f"› {name}",
                key=f"drilldown_path_{depth}",
                type="tertiary",
                disabled=depth == len(opened),
                on_click=_open,
                args=(opened[:depth],),
            )


def _choose(view: View, report: DrilldownReport) -> None:
    """Open a part by its name: as quick with a keyboard or a finger as a row is with a mouse."""
    offered = [key for key in report.keys if key]
    if not offered:
        return
    label = message("Open: {level}", level=PART_LABELS[report.level])
    key = f"drilldown_open_{'>'.join(report.opened)}.{view.language.code}"
    with view.switches:
        st.selectbox(
            view.say(label),
            offered,
            index=None,
            format_func=view.language.term,
            key=key,
            placeholder=view.say(message("Choose what to open")),
            on_change=_opened_by_name,
            args=(key, report.opened),
            width=320,
        )


def _rows(view: View, report: DrilldownReport) -> None:
    title = view.say(PART_LABELS[report.level])
    st.markdown(f"**{title}**")
    if not any(report.keys):
        draw(report.parts, view.language, key="drilldown_rows", currency=view.currency, alt=title)
        return
    st.caption(view.say(message("Choose a row to open it.")))
    # A selection is a position, so it ends with the rows.
    key = f"drilldown_rows_{view.version}_{'>'.join(report.opened)}"
    draw(
        report.parts,
        view.language,
        key=key,
        currency=view.currency,
        alt=title,
        on_select=lambda: _opened_by_row(key, report),
        selection_mode="single-row",
    )


def _opened_by_row(key: str, report: DrilldownReport) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows and report.keys[rows[0]]:
        _open((*report.opened, report.keys[rows[0]]))


def _opened_by_name(key: str, opened: tuple[str, ...]) -> None:
    name = st.session_state[key]
    if name:
        _open((*opened, name))


def _open(opened: tuple[str, ...]) -> None:
    address.keep(_OPENED, opened)
    address.touch()
