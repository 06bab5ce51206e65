"""Words on their way to Markdown."""

from __future__ import annotations

_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]$~#:<>|"})


def plain(words: str) -> str:
    """Words as they are: no Markdown and no formulas, even if a campaign is called ``*new*``."""
    return words.translate(_SIGNS)
