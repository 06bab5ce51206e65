"""Cells of a heat map that can be clicked."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go


def lay_points(
    figure: go.Figure,
    *,
    columns: Sequence[str],
    rows: Sequence[str],
    text: Sequence[str],
    hover: str,
    size: int,
) -> None:
    """Lay an unseen point over each cell, row by row: a heat map itself can't be clicked on.

    The heat map has to skip hovering, which is the points' now.

    Parameters
    ----------
    text : what each cell says, ``%{text}`` in ``hover``.
    size : of a point, in pixels: no larger than a cell.
    """
    unseen = {"marker": {"opacity": 0}}
    figure.add_trace(
        go.Scatter(
            x=list(columns) * len(rows),
            y=[row for row in rows for _ in columns],
            mode="markers",
            marker={"size": size, "symbol": "square", "opacity": 0},
            selected=unseen,
            unselected=unseen,
            text=list(text),
            hovertemplate=f"{hover}<extra></extra>",
        )
    )
    figure.update_layout(hovermode="closest", showlegend=False)
    # As far as the cells reach; by itself the axis would leave room for whole points.
    figure.update_yaxes(range=[len(rows) - 0.5, -0.5], type="category")
    figure.update_xaxes(range=[-0.5, len(columns) - 0.5], type="category")
