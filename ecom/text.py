"""Sentences that are translated late: a template in English plus the values that go into it.

Lower layers never know the reader's language. They return ``Text``; the screen, the command line
and the exports render it with ``ecom.i18n.translate``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """A translatable sentence.

    Parameters
    ----------
    template : str
        English source text with ``{name}`` places; it is also the catalogue's message id.
    values : tuple of (name, value)
        Plain values, other ``Text``s, or ``ecom.model.Amount``s, formatted for the reader's
        language when the sentence is rendered.
    """

    template: str
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return self.template.format(**{name: str(value) for name, value in self.values})

    def filled(self, **values: Any) -> Text:
        """The same sentence with these values."""
        return Text(self.template, tuple(values.items()))

    @property
    def mapping(self) -> Mapping[str, Any]:
        """The values by name."""
        return dict(self.values)


def message(template: str, /, **values: Any) -> Text:
    """Make a translatable sentence; the extractor looks for calls of this name."""
    return Text(template, tuple(values.items()))
