"""Products against their category, and what was lost while some were out of stock."""

from __future__ import annotations

import plotly.graph_objects as go

from ecom.analysis.product_funnel import ProductFunnelReport
from ecom.charts.base import Chart, drawn_once
from ecom.charts.palette import ACCENT, BASE, good_bad
from ecom.charts.template import finish, new_figure
from ecom.i18n import Language
from ecom.model import Amount, Unit
from ecom.text import message

_ROW = 40  # pixels a product
_MOST_BARS = 12


@drawn_once
def against_category(
    report: ProductFunnelReport, language: Language, *, good_is_red: bool = False
) -> Chart:
    """A point a product: how many view it, and how its conversion differs from its category's."""
    frame = report.products.frame
    frame = frame[frame["rest"].notna()]
    gap = frame["conversion"] - frame["rest"]
    _, bad = good_bad(good_is_red)
    figure = new_figure(language, unit=Unit.RATIO, height=340)
    states = (
        (message("In stock all days"), frame["days_out"] == 0, ACCENT),
        (message("Out of stock on some days"), frame["days_out"] > 0, bad),
        (message("On no stock list"), frame["days_out"].isna(), BASE),
    )
    for label, mine, colour in states:
        if not mine.any():
            continue
        shown = frame[mine]
        figure.add_trace(
            go.Scatter(
                x=shown["viewed"],
                y=gap[mine],
                mode="markers",
                name=language.say(label),
                marker={"color": colour, "size": 9},
                text=shown["name"],
                customdata=[
                    language.number(float(value), Unit.RATIO) for value in shown["conversion"]
                ],
                hovertemplate="%{text}<br>%{x:,} → %{customdata}<extra></extra>",
            )
        )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(title=language.say(message("Distinct visitors who viewed it")))
    figure.update_yaxes(tickformat="+.1%", zeroline=True, zerolinecolor=BASE)
    return Chart(
        key="against_category",
        figure=finish(figure),
        title=language.say(message("Which products sell better or worse than their category?")),
        subtitle=language.say(
            message(
                "View to paid, less that of the category’s other products, in percentage points; "
                "{period}; a point is a product",
                period=report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Points of {count} products by viewers and difference to the category’s "
                "conversion; {out} of them were out of stock on some days.",
                count=Amount(len(frame)),
                out=Amount(int((frame["days_out"] > 0).sum())),
            )
        ),
    )


@drawn_once
def lost_revenue(
    report: ProductFunnelReport, language: Language, *, good_is_red: bool = False
) -> Chart:
    """Bars of revenue lost while out of stock, the costliest on top, with their intervals."""
    frame = report.losses.frame
    frame = frame[frame["lost_revenue"].notna()].head(_MOST_BARS)
    currency = report.header.currency
    _, bad = good_bad(good_is_red)
    figure = new_figure(
        language, unit=Unit.MONEY, currency=currency, height=90 + _ROW * max(len(frame), 1)
    )
    figure.add_trace(
        go.Bar(
            y=frame["name"],
            x=frame["lost_revenue"],
            orientation="h",
            width=0.6,
            marker={"color": bad},
            error_x={
                "type": "data",
                "array": frame["revenue_high"] - frame["lost_revenue"],
                "arrayminus": frame["lost_revenue"] - frame["revenue_low"],
                "color": BASE,
            },
        )
    )
    figure.update_yaxes(autorange="reversed")
    return Chart(
        key="lost_revenue",
        figure=finish(figure),
        title=language.say(message("What did missing stock cost?")),
        subtitle=language.say(
            message(
                "Viewers while out of stock × the product’s conversion in stock × its mean price "
                "paid, {currency}, {period}, with 95 % intervals",
                currency=currency or "–",
                period=report.header.period,
            )
        ),
        alt=language.say(
            message(
                "Bars of revenue lost while out of stock. {rows}.",
                rows=tuple(
                    message(
                        "{name}: {value}",
                        name=str(name),
                        value=Amount(float(value), Unit.MONEY, currency),
                    )
                    for name, value in zip(frame["name"], frame["lost_revenue"], strict=True)
                ),
            )
        ),
    )
