"""A chart with its words: figure, title that makes the point, subtitle and a line of alt text."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go


@dataclass(frozen=True, eq=False, slots=True)
class Chart:
    """What a page shows and an export prints. All words are already in the reader's language.

    Attributes
    ----------
    key : stable id, unique on its page.
    title : the message or the question.
    subtitle : metric, unit, exact dates, filter.
    alt : one sentence that says what the picture shows, with its main numbers.
    """

    key: str
    figure: go.Figure
    title: str
    subtitle: str
    alt: str
