"""Which groups there are more of among some visits than elsewhere, and which less."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ecom.analysis.base import Table
from ecom.analysis.group_tables import CLEAR
from ecom.charts.base import Chart
from ecom.charts.palette import ACCENT, BASE
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import Text, message

_ROW = 30  # pixels a group
_MOST = 14
_ROOM = 0.12  # of the bars' span, for the numbers at their ends


def has_clear(segments: Table) -> bool:
    """Whether a group stands out by more than chance, so that there is something to draw."""
    return not _clear(segments).empty


def furthest(segments: Table) -> pd.Series:
    """The row of the group there is most more of; where there is none, most less of.

    Parameters
    ----------
    segments : with a group that stands out by more than chance, see ``has_clear``.
    """
    known = _clear(segments).sort_values("index")
    least, most = known.iloc[0], known.iloc[-1]
    return most if most["index"] > 1 else least


def _clear(segments: Table) -> pd.DataFrame:
    frame = segments.frame
    return frame[frame["verdict"].isin(CLEAR)].dropna(subset="index")


def index_bars(
    segments: Table, language: Language, *, key: str, title: Text, subtitle: Text
) -> Chart:
    """Bars of the index of the groups that stand out by more than chance, the largest on top.

    Parameters
    ----------
    segments : split, value, index and verdict, as ``ecom.analysis.group_tables`` makes them.
    """
    known = _clear(segments)
    far = (known["index"] - 1).abs().nlargest(_MOST).index
    shown = known.loc[far].sort_values("index", ascending=False)
    names = [
        message("{split}: {value}", split=split, value=value)
        for split, value in zip(shown["split"], shown["value"], strict=True)
    ]
    figure = new_figure(language, unit=Unit.NUMBER, height=90 + _ROW * max(len(names), 1))
    figure.add_trace(
        go.Bar(
            y=[language.say(name) for name in names],
            x=shown["index"] - 1,
            base=1,
            orientation="h",
            width=0.6,
            marker={"color": [ACCENT if value >= 1 else BASE for value in shown["index"]]},
            text=[language.number(float(value), Unit.NUMBER) for value in shown["index"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",  # a bar's length is not its index
        )
    )
    low, high = min(shown["index"].min(), 1.0), max(shown["index"].max(), 1.0)
    room = _ROOM * (high - low)
    figure.update_xaxes(range=[low - room, high + room])
    figure.add_vline(x=1, line={"color": BASE, "width": 1})
    figure.update_yaxes(autorange="reversed")
    return Chart(
        key=key,
        figure=finish(figure),
        title=language.say(title),
        subtitle=language.say(subtitle),
        alt=language.say(
            message(
                "Bars of the index. {rows}.",
                rows=tuple(
                    message("{group}: {value}", group=name, value=Amount(float(one), Unit.NUMBER))
                    for name, one in zip(names, shown["index"], strict=True)
                ),
            )
        ),
    )
