"""Faults on the screen: what was wrong and what to do. Streamlit itself words the unexpected."""

from __future__ import annotations

import streamlit as st

from ecom.errors import EcomError
from ecom.i18n import Language


def show_fault(language: Language, error: EcomError) -> None:
    """Show a fault that a person can mend, never a traceback."""
    words = language.say(error.problem)
    if error.remedy is not None:
        words += f"\n\n{language.say(error.remedy)}"
    st.error(words, icon=":material/error:")
