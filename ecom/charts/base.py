"""A chart with its words: figure, title that makes the point, subtitle and a line of alt text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import ParamSpec, cast

import plotly.graph_objects as go

_KEPT = 32  # of each chart
_Asked = ParamSpec("_Asked")


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


def drawn_once(draw: Callable[_Asked, Chart]) -> Callable[_Asked, Chart]:
    """Draw a chart once for all who look at the same report in the same language.

    Readers share reports and nobody changes one, so the report itself is the key. The chart is
    shared as well: its figure is only read.
    """
    return cast("Callable[_Asked, Chart]", lru_cache(maxsize=_KEPT)(draw))
