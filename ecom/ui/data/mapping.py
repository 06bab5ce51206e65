"""The mapping screen: which column of an unknown table goes where, prefilled and with reasons."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ecom.errors import EcomError
from ecom.ingest.files.raw import RawTable
from ecom.ingest.mappings import known_layouts, teach, try_mapping
from ecom.ingest.recognition.checking import check_mapping
from ecom.ingest.recognition.guess import ColumnGuess, Guess, guess
from ecom.ingest.recognition.labels import TABLES, label, targets_of
from ecom.ingest.recognition.layout import Layout
from ecom.ingest.recognition.told import Question
from ecom.ingest.recognition.taught import layout_of
from ecom.store import Shop
from ecom.text import Text, message
from ecom.ui.data.accounts import equation
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.words import plain

SHOWN_FIRST = 40  # columns to be stored; a wider table goes on below a fold
_WIDTHS = (2, 3, 3, 4)


def mapping_screen(
    view: View,
    raw: RawTable,
    likely: Guess,
    *,
    key: str,
    title: str = "",
    file_name: str = "",
    shop: Shop | None = None,
) -> Layout | None:
    """Let a person confirm what each column is; the answer is remembered for these headers.

    Parameters
    ----------
    raw : the table; without rows (a mapping edited from the list) there is no preview.
    likely : what it may be; everything is prefilled from it.
    key : unique on the page.
    title, file_name, shop : of the file, where there is one.

    Returns
    -------
    Layout or None
        The taught layout in the run in which "Use and remember" was pressed.
    """
    name, platform = _names(view, likely, key, title)
    likely = _kind_of_table(view, raw, likely, key)
    targets = _columns(view, likely, f"{key}_{likely.grain}")
    answers = _questions(view, likely.questions, f"{key}_{likely.grain}")
    try:
        content = layout_of(
            likely, title=name or file_name, platform=platform, targets=targets, answers=answers
        )
        if len(raw.rows):
            _preview(view, raw, content, file_name, shop, key)
    except EcomError as error:
        show_fault(view.language, error)
        return None
    if st.button(view.say(message("Use and remember")), type="primary", key=f"{key}_use"):
        try:
            return check_mapping(teach(view.workspace.store, content, raw.headers).layout)
        except EcomError as error:
            show_fault(view.language, error)
    return None


def _names(view: View, likely: Guess, key: str, title: str) -> tuple[str, str]:
    platforms = sorted({one.platform for one in known_layouts(view.workspace.store)})
    known = likely.nearest.platform if likely.nearest is not None else "own"
    left, right = st.columns(2)
    with left:
        name = st.text_input(
            view.say(message("Name of this export")),
            value=title or (likely.nearest.title if likely.nearest is not None else ""),
            max_chars=80,
            key=f"{key}_title",
        )
    with right:
        platform = st.selectbox(
            view.say(message("Where it comes from")),
            platforms if known in platforms else [known, *platforms],
            index=platforms.index(known) if known in platforms else 0,
            accept_new_options=True,
            key=f"{key}_platform",
        )
    return name.strip(), (platform or "own").strip()[:60]


def _kind_of_table(view: View, raw: RawTable, likely: Guess, key: str) -> Guess:
    """The kind of table; another one is guessed anew."""
    kinds = list(TABLES)
    grain = st.selectbox(
        view.say(message("What one row is")),
        kinds,
        index=kinds.index(likely.grain),
        format_func=lambda kind: view.say(TABLES[kind]),
        key=f"{key}_grain",
        width=420,
    )
    if likely.others:
        also = message("It may also be: {kinds}.", kinds=tuple(TABLES[k] for k in likely.others))
        st.caption(plain(view.say(also)))
    return likely if grain == likely.grain else guess(raw, grain=grain)


def _columns(view: View, likely: Guess, key: str) -> dict[int, str]:
    """One row a column; columns that are not stored stand below a fold."""
    options = ["", *targets_of(likely.grain)]
    options += [one.target for one in likely.columns if one.target not in options]
    labels = {name: view.say(label(name)) for name in options if name}
    labels[""] = view.say(message("not stored"))
    stored = [one for one in likely.columns if one.target]
    others = [one for one in likely.columns if not one.target] + stored[SHOWN_FIRST:]
    for place, head in zip(st.columns(_WIDTHS), _HEADS, strict=True):
        place.caption(view.say(head))
    targets = {
        one.place: _column(view, one, options, labels, key) for one in stored[:SHOWN_FIRST]
    }
    if others:
        with st.expander(view.say(message("Not stored: {count} columns", count=len(others)))):
            targets |= {one.place: _column(view, one, options, labels, key) for one in others}
    return targets


_HEADS: tuple[Text, ...] = (
    message("Column of the file"),
    message("First values"),
    message("Stored as"),
    message("Why"),
)


def _column(
    view: View, one: ColumnGuess, options: list[str], labels: dict[str, str], key: str
) -> str:
    header, values, choice, reason = st.columns(_WIDTHS, vertical_alignment="center")
    header.markdown(f"**{plain(one.header)}**")
    values.caption(plain(" · ".join(one.samples)) or "…")
    with choice:
        target = st.selectbox(
            view.say(message("“{header}” is stored as", header=one.header)),
            options,
            index=options.index(one.target),
            format_func=lambda name: labels[name],
            label_visibility="collapsed",
            key=f"{key}_{one.place}",
        )
    reason.caption(plain(view.say(one.reason)))
    return target


def _questions(view: View, questions: tuple[Question, ...], key: str) -> dict[str, str]:
    """What the file does not tell, with the likeliest answer chosen."""
    if not questions:
        return {}
    st.markdown(f"**{view.say(message('What the file does not say'))}**")
    answers: dict[str, str] = {}
    for one in questions:
        text, name = view.say(one.text), f"{key}_ask_{one.key}"
        if not one.options:
            answers[one.key] = st.text_input(text, value=one.answer, max_chars=60, key=name)
            continue
        answers[one.key] = _choice(view, text, one, name)
    return answers


def _choice(view: View, text: str, question: Question, key: str) -> str:
    labels = {value: view.say(words) for value, words in question.options}
    values = list(labels)
    chosen = st.selectbox(
        text,
        values,
        index=values.index(question.answer),
        format_func=lambda value: labels[value],
        key=key,
        width=520,
    )
    return str(chosen)


def _preview(
    view: View,
    raw: RawTable,
    content: dict[str, Any],
    file_name: str,
    shop: Shop | None,
    key: str,
) -> None:
    """The first rows as they will be stored, and where every row goes."""
    table = try_mapping(view.workspace.store, raw, content, file_name=file_name, shop=shop)
    if table.staged is None:
        words = view.say(table.problem or message("This table can't be loaded."))
        if table.remedy is not None:
            words += f" {view.say(table.remedy)}"
        st.warning(plain(words), icon=":material/help:")
        return
    (account,) = view.workspace.store.plan(table.staged)
    st.caption(view.say(message("First rows as they will be stored")))
    shown = {
        column: view.say(label(f"{content['grain']}.{column}"))
        for column in table.preview.columns
        if f"{content['grain']}.{column}" in targets_of(content["grain"])
    }
    st.dataframe(
        table.preview[list(shown)].rename(columns=shown), hide_index=True, key=f"{key}_preview"
    )
    st.markdown(plain(view.say(equation(account))))
