"""How an examined file and what became of it are shown: every row accounted for."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ecom.analysis.base import Column, Table
from ecom.ingest import Examination, ExaminedTable, FileOutcome
from ecom.ingest.mappings import known_layouts
from ecom.ingest.recognition.layout import EVIDENCE
from ecom.model import Unit
from ecom.store import Finding
from ecom.text import Text, message
from ecom.ui.data import corrections
from ecom.ui.data.accounts import equation
from ecom.ui.data.by_hand import map_by_hand
from ecom.ui.data.days import ask_days
from ecom.ui.data.dropped import place_of
from ecom.ui.frame import View
from ecom.ui.tables import draw
from ecom.ui.words import plain

CONFIDENCE: dict[str, Text] = {
    "exact": message("all columns known"),
    "likely": message("most columns known"),
    "chosen": message("chosen by you"),
    "none": message("not recognised"),
}
SEVERITY: dict[str, Text] = {
    "error": message("rejected"),
    "warning": message("check"),
    "info": message("note"),
}


def show_examined(
    view: View, examination: Examination, plan: FileOutcome, *, is_named: bool = False
) -> None:
    """What a file is, how it would be stored, what is wrong with it.

    Parameters
    ----------
    is_named : the file's name stands above; its tables are named where there are several.
    """
    accounts = iter(plan.accounts)
    titled = not is_named or len(examination.tables) > 1
    for number, table in enumerate(examination.tables):
        key = f"{examination.sha256[:12]}_{number}"
        if titled:
            st.markdown(f"**{plain(place_of(examination.file_name, table))}**")
        if table.staged is not None:
            _recognised(view, table)
            st.markdown(plain(view.say(equation(next(accounts)))))
            show_findings(view, table.findings, key=key)
            _dropped(view, table)
            with st.expander(view.say(message("Columns and first rows"))):
                _otherwise(view, examination, number, key)
                _details(view, table, key)
        elif plan.problem is None and not table.needs_days:
            _left_out(view, examination, number, key)
        else:
            _refused(view, table)
            _otherwise(view, examination, number, key)
            if table.needs_days:
                ask_days(view, examination, number)
    corrections.ask_to_confirm(view, examination)
    with st.container(gap="small"):
        corrections.offer_workbook(view, examination)
        corrections.show_effect(view, examination)


def chosen_layouts(examination: Examination) -> tuple[tuple[int, str], ...]:
    """Place of a table in the file and the layout its reader chose, where it is another one.

    Parameters
    ----------
    examination : what the file was recognised as, without any choice.
    """
    chosen = (
        (number, _choices().get(_layout_key(examination, number)))
        for number, _ in enumerate(examination.tables)
    )
    known = [table.layout and table.layout.layout_id for table in examination.tables]
    return tuple((number, name) for number, name in chosen if name and name != known[number])


def show_outcome(view: View, outcome: FileOutcome) -> None:
    """The result of loading one file."""
    if outcome.problem is not None:
        words = f"**{plain(outcome.file_name)}**: {plain(view.say(outcome.problem))}"
        if outcome.remedy is not None:
            words += f" {plain(view.say(outcome.remedy))}"
        st.error(words, icon=":material/error:")
        return
    lines = [plain(view.say(equation(account))) for account in outcome.accounts]
    if all(batch.already_loaded for batch in outcome.batches):
        known = message("This file was loaded before; nothing changed.")
        lines.insert(0, plain(view.say(known)))
    st.success(
        f"**{plain(outcome.file_name)}**  \n" + "  \n".join(lines), icon=":material/check_circle:"
    )


def show_findings(view: View, findings: tuple[Finding, ...], *, key: str) -> None:
    """Remarks as a table: what, where, and what to do."""
    if not findings:
        return
    frame = pd.DataFrame(
        {
            "severity": [SEVERITY[one.severity] for one in findings],
            "text": [one.text for one in findings],
            "column": [one.column for one in findings],
            "value": [one.value for one in findings],
            "cell": [one.cell for one in findings],
            "allowed": [one.allowed for one in findings],
            "occurrences": [one.occurrences for one in findings],
            "remedy": [one.remedy for one in findings],
            "sheet": [one.sheet for one in findings],
        }
    )
    table = Table.make(
        frame,
        Column("severity", message("Severity")),
        Column("text", message("Remark")),
        Column("column", message("Column")),
        Column("value", message("Value")),
        Column("cell", message("Cell")),
        Column("occurrences", message("Affected cells"), Unit.COUNT),
        Column("allowed", message("Allowed")),
        Column("remedy", message("What to do")),
        Column("sheet", message("Sheet")),
    )
    draw(
        table,
        view.language,
        key=f"findings_{key}",
        alt=view.say(message("Remarks about the file")),
    )


def _layout_key(examination: Examination, number: int) -> str:
    return f"layout_{examination.sha256[:12]}_{number}"


def _choices() -> dict[str, str | None]:
    # Not the boxes themselves: what is not drawn is forgotten, and a closed card draws nothing.
    chosen: dict[str, str | None] = st.session_state.setdefault("layouts.chosen", {})
    return chosen


def _choose(key: str) -> None:
    _choices()[key] = st.session_state[key]


def _otherwise(view: View, examination: Examination, number: int, key: str) -> None:
    """Ways to read a table as something else: another known export, or a mapping of one's own."""
    table, layout_key = examination.tables[number], _layout_key(examination, number)
    if not table.headers:
        return
    known = known_layouts(view.workspace.store)
    titles = {layout.layout_id: view.say(layout.name) for layout in known}
    names = sorted(titles, key=lambda name: titles[name].casefold())
    read_as = _choices().get(layout_key) or (table.layout and table.layout.layout_id)
    st.selectbox(
        view.say(message("Read this table as")),
        names,
        index=names.index(read_as) if read_as in titles else None,
        format_func=lambda name: titles.get(name, name),
        placeholder=view.say(message("Choose an export")),
        key=layout_key,
        on_change=_choose,
        args=(layout_key,),
        width=420,
    )
    if map_by_hand(view, table, key=key, file_name=examination.file_name):
        _choices().pop(layout_key, None)  # chosen before it was known
        del st.session_state[layout_key]
        st.rerun()


def _recognised(view: View, table: ExaminedTable) -> None:
    assert table.layout is not None
    assert table.staged is not None  # the caller checked
    names = {
        "title": table.layout.name,
        "confidence": CONFIDENCE[table.confidence],
        "shop": table.staged.shop.shop_name or table.staged.shop.shop_id,
    }
    if table.score < 1:
        words = message(
            "Recognised as {title} ({confidence}, {score} of its columns) for the shop {shop}.",
            score=view.language.number(table.score, Unit.RATIO),
            **names,
        )
    else:
        words = message("Recognised as {title} ({confidence}) for the shop {shop}.", **names)
    known = message("About this layout: {evidence}.", evidence=EVIDENCE[table.layout.evidence])
    st.caption(plain(f"{view.say(words)} {view.say(known)}"))


def _refused(view: View, table: ExaminedTable) -> None:
    words = view.say(table.problem or message("This table can't be loaded."))
    if table.remedy is not None:
        words += f" {view.say(table.remedy)}"
    st.warning(plain(words), icon=":material/help:")


def _left_out(view: View, examination: Examination, number: int, key: str) -> None:
    """A table that is no fault of the file: others of it are loaded without it."""
    table = examination.tables[number]
    words = view.say(table.problem or message("This table can't be loaded."))
    left_out = view.say(message("Left out: {reason}", reason=words))
    st.caption(f":material/do_not_disturb_on: {plain(left_out)}")
    if table.headers:
        with st.expander(view.say(message("Read it all the same"))):
            if table.remedy is not None:
                st.caption(plain(view.say(table.remedy)))
            _otherwise(view, examination, number, key)


def _dropped(view: View, table: ExaminedTable) -> None:
    if table.dropped_columns:
        dropped = message("Personal data, never stored: {columns}.", columns=table.dropped_columns)
        st.caption(f":material/shield_person: {plain(view.say(dropped))}")


def _details(view: View, table: ExaminedTable, key: str) -> None:
    st.caption(view.say(message("Which column goes where")))
    mapping = Table.make(
        table.mapping,
        Column("header", message("Column of the file")),
        Column("target", message("Stored as")),
        Column("rule", message("Read as")),
        Column("sample", message("Example")),
    )
    draw(mapping, view.language, key=f"mapping_{key}")
    st.caption(view.say(message("First rows as they will be stored")))
    st.dataframe(table.preview, hide_index=True, key=f"preview_{key}")
