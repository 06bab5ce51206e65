"""What the map of the provinces says: title, alternative text, definition and who is not on it."""

from __future__ import annotations

import pandas as pd

from ecom.analysis.traffic import TrafficReport
from ecom.i18n import Language
from ecom.metrics import metric
from ecom.model import Amount, Delta, Unit
from ecom.models.proportions import LEAST_PEOPLE
from ecom.provinces import BY_CODE
from ecom.text import Text, message

SHARE, CONVERSION, CHANGE = "share", "conversion", "change"
COLOURED = {
    SHARE: message("Share of visitors"),
    CONVERSION: message("Conversion"),
    CHANGE: message("Change"),
}
"""What the squares can be coloured by: columns of ``report.provinces`` -> how it is called."""


def said(value: float, by: str, language: Language) -> str:
    """A value in full; a change with its sign."""
    if by == CHANGE and value == value:
        return language.change(Delta(1 + value, 1.0), Unit.COUNT)
    return language.number(value, Unit.RATIO)


def finding(rows: pd.DataFrame, by: str, language: Language) -> tuple[Text, Text]:
    """Title and alternative text.

    Parameters
    ----------
    rows : the report's provinces by their codes.
    by : of ``COLOURED``.
    """
    known = rows[rows[by].notna() & ((rows["visitors"] > 0) | (by == CHANGE))]
    ranked = known[by].sort_values(key=lambda part: part.abs(), ascending=False, kind="stable")
    value = float(ranked.iloc[0])
    named = tuple(
        f"{language.say(BY_CODE[str(code)].name)} {said(float(part), by, language)}"
        for code, part in ranked.head(5).items()
    )
    alt = message(
        "Map of the provinces of China as squares, coloured by {what}: {rows}.",
        what=COLOURED[by],
        rows=named,
    )
    if len(ranked) > 1 and by == CONVERSION:
        return _buying(rows, language), alt
    words = {"region": BY_CODE[str(ranked.index[0])].name, "share": said(value, by, language)}
    if len(ranked) == 1 and by != SHARE:
        return message("{region}: {what} {share}", what=COLOURED[by], **words), alt
    if by == CHANGE and value >= 0:
        return message("{region} grew most: {share}", **words), alt
    if by == CHANGE:
        return message("{region} fell most: {share}", **words), alt
    if value == 1:
        return message("All visitors are from {region}", **words), alt
    return message("{region} brings most visitors: {share}", **words), alt


def _buying(rows: pd.DataFrame, language: Language) -> Text:
    """The province whose visitors buy more often than all others, beyond chance; else less often.

    The highest number alone is mostly that of a small province and made by chance.
    """
    clear = rows.loc[rows["difference"].notna(), ["difference", CONVERSION]].astype("float64")
    if clear.empty:
        return message("Conversion differs between provinces no more than by chance")
    more = clear[clear["difference"] > 0]
    ranked = (more if len(more) else clear)[CONVERSION].sort_values(ascending=more.empty)
    words = {
        "region": BY_CODE[str(ranked.index[0])].name,
        "share": said(float(ranked.iloc[0]), CONVERSION, language),
    }
    if len(more):
        return message("Visitors from {region} buy clearly more often: {share}", **words)
    return message("Visitors from {region} buy clearly less often: {share}", **words)


def subtitle(report: TrafficReport, by: str, language: Language) -> str:
    """Definition and denominator, who is not on the map, and the days."""
    words = {
        "what": _what(report, by),
        "left_out": _left_out(report, language),
        "period": report.header.period,
    }
    return language.say(message("{what} {left_out} · {period}", **words))


def _what(report: TrafficReport, by: str) -> Text:
    if by == CONVERSION:
        return message(
            "In %: {definition} –: fewer than {least} visitors.",
            definition=metric(CONVERSION).definition,
            least=LEAST_PEOPLE,
        )
    if by == CHANGE:
        return message(
            "Daily visitors against {base}, in %. –: fewer than {least} visitors then.",
            base=report.header.base,
            least=LEAST_PEOPLE,
        )
    return message("In % of visitors in event logs, counted once a day and region.")


def _left_out(report: TrafficReport, language: Language) -> Text:
    """Who is not on the map: other places, visitors without a region, shops without regions."""
    frame = report.provinces.frame
    off = frame[(frame["code"] == "") & (frame["visitors"] > 0)]
    parts = tuple(
        f"{language.say(name)} {language.number(float(share), Unit.RATIO)}"
        for name, share in zip(off["region"], off["share"], strict=True)
    )
    left_out = message("Not on the map: {parts} of these.", parts=parts)
    silent = report.without_regions
    if not silent.shops:
        return left_out if parts else message("All are on the map.")
    without = message("Without {shops}: no region is told there.", shops=silent.shops)
    if silent.share is not None:
        without = message(
            "Without {shops}, {share} of all visitors: no region is told there.",
            shops=silent.shops,
            share=Amount(silent.share, Unit.RATIO),
        )
    return message("{first} {second}", first=left_out, second=without) if parts else without
