"""Words a reader sees go through ``message``; Streamlit is given nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Arguments of these calls are read by people.
SHOWN = {
    "button", "caption", "checkbox", "date_input", "dialog", "download_button", "error", "expander",
    "header", "info", "link_button", "markdown", "metric", "multiselect", "number_input", "popover",
    "progress", "radio", "segmented_control", "selectbox", "slider", "spinner", "status",
    "subheader", "success", "tabs", "text", "text_area", "text_input", "title", "toast", "toggle",
    "warning", "write",
}  # fmt: skip
SCREENS = [*sorted((ROOT / "ecom" / "ui").glob("*.py")), *sorted((ROOT / "pages").glob("*.py"))]


def bare_words(source: str) -> list[str]:
    """String literals handed to a Streamlit call as they are; CSV and the like are no words."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in SHOWN or not isinstance(node.func.value, ast.Name):
            continue
        named = [key.value for key in node.keywords if key.arg in ("label", "help", "placeholder")]
        for argument in (*node.args[:1], *named):
            is_text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            if is_text and any(letter.islower() for letter in argument.value):
                found.append(f"{node.lineno}: {argument.value}")
    return found


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.stem)
def test_no_screen_shows_words_that_can_not_be_translated(path: Path) -> None:
    assert bare_words(path.read_text("utf-8")) == []


def test_the_check_finds_bare_words() -> None:
    assert bare_words('import streamlit as st\nst.button("Press me")') == ["2: Press me"]
    assert bare_words('st.button(say(message("Press me")), key="press")') == []
