"""What pages are built from: opening, key figures, charts, tables, downloads, empty states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from ecom.analysis.base import Gap, Kpi, Report, Table
from ecom.charts.base import Chart
from ecom.export.tabular import report_csvs, table_csv
from ecom.export.words import file_stem, tables_of
from ecom.export.workbook import workbook
from ecom.i18n import Language
from ecom.ingest import layouts
from ecom.model import Delta, Good, Unit
from ecom.text import Text, message
from ecom.ui import filters
from ecom.ui.frame import View
from ecom.ui.pages import BY_KEY
from ecom.ui.provenance import made_of
from ecom.ui.tables import draw
from ecom.ui.words import plain

_KPIS_IN_A_ROW = 6
_KPI_WIDTH = 148  # pixels; two side by side on a phone, six beside the sidebar at 1440
_KPI_HEIGHT = 150  # name, value, change and sparkline
_CHART_WIDTH = 400
_CHART_HEIGHT = 340
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Only what a meeting needs; on a phone, where nothing hovers, it is always there.
_CHART_CONFIG = {"displaylogo": False, "modeBarButtons": [["toImage"]]}
_KEPT = 512  # drawn blocks that readers share

# Streamlit records what a cached function draws and replays it; nothing is made ready again.
_drawn_once = st.cache_resource(
    max_entries=_KEPT, show_spinner=False, hash_funcs=dict.fromkeys((Chart, Table, tuple), id)
)


@dataclass(frozen=True, slots=True)
class Click:
    """Where a chart leads.

    Attributes
    ----------
    on_point : called with the place of what was clicked in its trace, before the page runs again.
    hint : says that there is something to click.
    """

    on_point: Callable[[int], None]
    hint: Text


def opening(view: View, report: Report) -> None:
    """Say the page in one sentence, with exact dates, remarks and what is missing."""
    st.markdown(f"##### {plain(view.say(report.headline))}")
    warnings = [notice for notice in report.notices if notice.severity == "warning"]
    remarks = [notice for notice in report.notices if notice.severity != "warning"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_dates(view, report), width="content")
        if remarks:
            title = view.say(message("Notes ({count})", count=len(remarks)))
            with st.popover(title, type="tertiary", icon=":material/info:"):
                for notice in remarks:
                    st.markdown(plain(view.say(notice.text)))
        if report.gaps:
            title = view.say(message("Not shown ({count})", count=len(report.gaps)))
            with st.popover(title, type="tertiary", icon=":material/add_chart:"):
                gap_list(view, report.gaps)
    for notice in warnings:
        st.warning(plain(view.say(notice.text)), icon=":material/warning:")


def kpi_row(view: View, kpis: tuple[Kpi, ...]) -> None:
    """Key figures side by side, all of one height, definition and comparison on hover.

    What the changes are held against stands once, in the line of dates above.
    """
    if kpis:
        _kpis(_view=view, look=view.look, kpis=kpis)


def chart(view: View, shown: Chart) -> None:
    """A chart under its message; what it shows is said in words for those who can't see it."""
    _chart(page=view.page.key, shown=shown)


def chart_to_click(view: View, shown: Chart, click: Click) -> None:
    """A chart whose bars or points lead somewhere; below it stands where."""
    key = f"{view.page.key}_{shown.key}_click"

    def clicked() -> None:
        points = st.session_state[key]["selection"]["points"]
        if points:
            click.on_point(int(points[0]["point_index"]))

    _words_above(shown)
    st.plotly_chart(
        shown.figure,
        key=key,
        height=int(shown.figure.layout.height or _CHART_HEIGHT),
        config=_CHART_CONFIG,
        alt=shown.alt,
        on_select=clicked,
        selection_mode="points",
    )
    st.caption(view.say(click.hint))


def side_by_side(view: View, *charts: Chart, clicks: Mapping[str, Click] | None = None) -> None:
    """Charts that stand beside each other on a desk and below each other on a phone.

    Parameters
    ----------
    clicks : of those that lead somewhere, by their keys.
    """
    grid = st.grid(len(charts), min_column_width=_CHART_WIDTH, gap="medium")
    for shown in charts:
        click = clicks.get(shown.key) if clicks else None
        with grid.cell():
            if click is None:
                chart(view, shown)
            else:
                chart_to_click(view, shown, click)


def table(view: View, shown: Table, *, title: Text | str, key: str) -> None:
    """A table with formatted numbers and its first column pinned; CSV beside it.

    Parameters
    ----------
    key : unique on the page; also the name of the CSV file.
    """
    currency = view.currency
    # Side by side on the left: at the right end the table's own tool bar would lie over the button.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(view.say(title))}**", width="content")
        if not shown.is_empty:
            st.download_button(
                "CSV",
                data=lambda: table_csv(shown, view.language, currency=currency),
                file_name=f"{view.page.key}_{key}.csv",
                mime="text/csv",
                icon=":material/download:",
                type="tertiary",
                key=f"{view.page.key}_{key}_csv",
                on_click="ignore",
            )
    if shown.is_empty:
        st.caption(view.say(message("Nothing to list here.")))
        return
    _table(
        _view=view,
        look=view.look,
        shown=shown,
        alt=view.say(title),
        key=f"{view.page.key}_{key}",
    )


def downloads(view: View, report: Report) -> None:
    """The foot of a page: the report as a workbook or CSV, and the files it is made of."""
    stem = file_stem(view.page.key, report.header.period)
    with st.container(horizontal=True):
        st.download_button(
            view.say(message("Excel workbook")),
            data=lambda: workbook(report, view.scope, view.language, title=view.page.title),
            file_name=f"{stem}.xlsx",
            mime=_XLSX,
            icon=":material/table_view:",
            key=f"{view.page.key}_xlsx",
            on_click="ignore",
        )
        if tables_of(report):
            st.download_button(
                view.say(message("All tables as CSV")),
                data=lambda: report_csvs(report, view.language),
                file_name=f"{stem}.zip",
                mime="application/zip",
                icon=":material/folder_zip:",
                key=f"{view.page.key}_zip",
                on_click="ignore",
            )
    made_of(view)


def empty(view: View, report: Report) -> bool:
    """Show an honest empty state when no key figure has a value, now or before.

    A report without key figures is empty when something is missing.

    Returns
    -------
    bool
        Whether the page is empty and has been dealt with.
    """
    has_figures = any(kpi.delta.value or kpi.delta.base for kpi in report.kpis)
    if has_figures or not (report.kpis or report.gaps):
        return False
    resolved = view.resolved
    with st.container(border=True):
        if resolved.last_day is None or resolved.first_day is None:
            st.markdown(f"**{view.say(message('There is no data yet.'))}**")
        elif filters.in_use(view.scope):
            _nothing_filtered(view, report)
            return True
        else:
            st.markdown(f"**{view.say(message('There is nothing to show for this choice.'))}**")
            covered = message(
                "The data reaches from {first} to {last}. Choose other dates or fewer filters, or "
                "add the exports below.",
                first=resolved.first_day,
                last=resolved.last_day,
            )
            st.markdown(view.say(covered))
        gap_list(view, report.gaps)
        st.page_link(
            BY_KEY["data"].path,
            label=view.say(message("Add exports, or load the demo shop")),
            icon=BY_KEY["data"].icon,
        )
    return True


def gap_list(view: View, gaps: Iterable[Gap]) -> None:
    """What is missing, a line each with the exports that would fill it."""
    titles = {layout.layout_id: layout.name for layout in layouts()}
    for gap in gaps:
        exports = tuple(titles.get(layout_id, layout_id) for layout_id in gap.layouts)
        line = message("{what}: add {exports}.", what=gap.what, exports=exports)
        st.markdown(f"- {plain(view.say(line))}")


def _nothing_filtered(view: View, report: Report) -> None:
    """Say that the filters leave nothing; the data itself may be complete, but for some shops."""
    title = message("Nothing is left by these filters.")
    st.markdown(f"**{view.say(title)}**")
    shops, chosen = view.scope.shops, filters.in_use(view.scope)
    others = (view.language.term(name) for name in chosen[len(shops) :])
    names = ", ".join((*view.resolved.named(shops), *others))
    st.markdown(plain(view.say(message("Chosen: {names}.", names=names))))
    if shops and report.gaps:
        st.markdown(view.say(message("For these shops it may not have been loaded:")))
        gap_list(view, report.gaps)
    st.button(
        view.say(message("Clear the filters")),
        icon=":material/filter_alt_off:",
        key=f"{view.page.key}_clear",
        on_click=filters.clear,
    )


# What these three put on the page is kept for all who are shown the same object. They answer with
# it, so that it is held: it is known by its ``id``, which must not become another object's.
# They are given names, not positions: for each of these Streamlit would look up the signature.


@_drawn_once
def _kpis(_view: View, look: str, kpis: tuple[Kpi, ...]) -> tuple[Kpi, ...]:
    rows = -(-len(kpis) // _KPIS_IN_A_ROW)
    grid = st.grid(-(-len(kpis) // rows), min_column_width=_KPI_WIDTH, gap="small", border=True)
    is_flat = not any(_drawn_points(kpi) for kpi in kpis)  # no line to leave room for
    for kpi in kpis:
        with grid.cell(), st.container(gap="xxsmall"):
            _kpi(_view, kpi, is_flat=is_flat)
    return kpis


@_drawn_once
def _chart(page: str, shown: Chart) -> Chart:
    _words_above(shown)
    st.plotly_chart(
        shown.figure,
        key=f"{page}_{shown.key}",
        height=int(shown.figure.layout.height or _CHART_HEIGHT),  # holds the place while it loads
        config=_CHART_CONFIG,
        alt=shown.alt,
    )
    return shown


def _words_above(shown: Chart) -> None:
    st.markdown(f"**{plain(shown.title)}**  \n:gray[:small[{plain(shown.subtitle)}]]")


@_drawn_once
def _table(_view: View, look: str, shown: Table, alt: str, key: str) -> Table:
    draw(shown, _view.language, key=key, currency=_view.currency, alt=alt)
    return shown


def _drawn_points(kpi: Kpi) -> list[float] | None:
    """The values of its line; None where they make none."""
    points = [value for _, value in kpi.points if value is not None]
    return points if len(points) > 1 else None


def _kpi(view: View, kpi: Kpi, *, is_flat: bool) -> None:
    entry, delta = kpi.definition, kpi.delta
    is_unknown = delta.value is None
    change = _change(delta, entry.unit, view.language)
    is_even = change is not None and not any(digit in change for digit in "123456789")
    color = _delta_color(entry.good, good_is_red=view.settings.good_is_red)
    st.metric(
        view.say(entry.label),
        view.language.number(delta.value, entry.unit, currency=view.currency),
        change,
        delta_color="off" if is_even else color,
        delta_arrow="off" if is_even else "auto",
        help=_definition(view, kpi),
        chart_data=_drawn_points(kpi),
        chart_type="line",
        height="content" if is_unknown or is_flat else _KPI_HEIGHT,
    )
    if is_unknown and kpi.note is not None:
        st.caption(plain(view.say(kpi.note)))


def _change(delta: Delta, unit: Unit, language: Language) -> str | None:
    words = language.change(delta, unit)
    has_digits = any(digit in words for digit in "0123456789")
    return words if delta.absolute is not None and has_digits else None


def _delta_color(good: Good, *, good_is_red: bool) -> Literal["normal", "inverse", "off"]:
    if good is Good.NEITHER:
        return "off"
    return "normal" if (good is Good.UP) != good_is_red else "inverse"


def _definition(view: View, kpi: Kpi) -> str:
    entry = kpi.definition
    exact = view.language.number(kpi.delta.value, entry.unit, currency=view.currency, compact=False)
    parts = [view.say(entry.definition)]
    if entry.base is not None:
        parts.append(view.say(message("Base: {base}.", base=entry.base)))
    parts.append(view.say(message("Exactly: {value}", value=exact)))
    if view.resolved.base is not None and kpi.delta.base is not None:
        before = view.language.number(kpi.delta.base, entry.unit, currency=view.currency)
        held = message("{period}: {value}", period=view.resolved.base, value=before)
        parts.append(view.say(held))
    if kpi.note is not None:
        parts.append(view.say(kpi.note))
    return "\n\n".join(plain(part) for part in parts)


def _dates(view: View, report: Report) -> str:
    header = report.header
    words = [view.language.period(header.period)]
    if header.requested.end > header.period.end:
        words[0] = view.say(message("{period}, to date", period=header.period))
    if header.base is not None:
        words.append(view.say(message("compared with {period}", period=header.base)))
    if header.currency:
        words.append(header.currency)
    return plain(" · ".join(words))
