"""Tables of search words: all of them, those that moved, what to do, brand words against others."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.model import Good, Unit
from ecom.models.proportions import share_interval
from ecom.text import Text, message

MOST_WORDS = 200
STATES: Mapping[str, Text | str] = {
    "new": message("New"),
    "risen": message("Risen"),
    "fallen": message("Fallen"),
    "lost": message("Lost"),
    "steady": message("No clear change"),
    "few": message("Too few to say"),
    "": "",
}
ADVICE: Mapping[str, Text | str] = {
    "push": message("Push: converts, but brings few"),
    "mend": message("Fix or exclude: comes, but does not buy"),
    "": "",
}
KINDS = {True: message("Brand words"), False: message("Other words")}
_WORD = Column("keyword", message("Search word"))
_VISITORS = Column(
    "visitors", message("Visitors"), Unit.COUNT, Good.UP, message("Each day’s visitors, added up.")
)
_BUYERS = Column("buyers", message("Buyers"), Unit.COUNT, Good.UP)
_CONVERSION = (
    Column("conversion", message("Conversion"), Unit.RATIO, Good.UP,
           message("Paying buyers ÷ visitors of the word.")),
    Column("low", message("At least"), Unit.RATIO),
    Column("high", message("At most"), Unit.RATIO,
           help=message("Wilson’s interval at 95 %; wide where few came.")),
)  # fmt: skip
_DAILY = (
    Column("daily", message("Visitors a day"), Unit.NUMBER, Good.UP),
    Column("daily_before", message("A day, before"), Unit.NUMBER),
    Column("change", message("Change"), Unit.RATIO, Good.UP),
)
_SHARE = Column("share", message("Share"), Unit.RATIO, help=message("Of visitors by all words."))
_STATE = Column(
    "state",
    message("Movement"),
    help=message(
        "Risen or fallen: a fifth or more, and beyond chance. New and lost: not listed by the "
        "export on the other side, which may list its first words only."
    ),
)


def words_table(judged: pd.DataFrame) -> Table:
    """The words of the period, most visitors first; at most ``MOST_WORDS``."""
    came = judged[judged["keyword_visitor_days"] > 0].head(MOST_WORDS)
    return Table.make(
        _labelled(came),
        _WORD,
        Column("kind", message("Kind")),
        _VISITORS,
        _SHARE,
        _BUYERS,
        *_CONVERSION,
        _DAILY[-1],
        _STATE,
    )


def moves_table(judged: pd.DataFrame) -> Table:
    """Words that are new, rose, fell or went, the largest difference a day first."""
    moved = judged[judged["state"].isin(("new", "risen", "fallen", "lost"))]
    size = (moved["daily"] - moved["daily_before"]).abs()
    order = size.sort_values(ascending=False, kind="stable").index
    return Table.make(
        _labelled(moved.loc[order].head(MOST_WORDS)),
        _WORD,
        _STATE,
        *_DAILY,
        _SHARE,
        Column("share_before", message("Share before"), Unit.RATIO),
    )


def advice_table(judged: pd.DataFrame) -> Table:
    """Words to push, best conversion first, and words to mend, most visitors first."""
    pushed = judged[judged["advice"] == "push"].sort_values("conversion", ascending=False)
    frame = pd.concat([pushed, judged[judged["advice"] == "mend"]])
    return Table.make(
        _labelled(frame.head(MOST_WORDS)),
        _WORD,
        Column("advice", message("What to do"), help=message(
            "Against the conversion of all other words together, beyond chance. Push: better, and "
            "under 5 % of visitors. Fix or exclude: less than half of it.")),
        _VISITORS,
        _BUYERS,
        *_CONVERSION,
    )  # fmt: skip


def groups_table(judged: pd.DataFrame) -> Table:
    """Words that name a brand, and the others."""
    measures = ["keyword_visitor_days", "keyword_visitor_days_with_buyers", "keyword_buyer_days"]
    sums = judged.groupby("is_brand")[measures].sum(min_count=1).reset_index()
    sums = sums.sort_values("is_brand", ascending=False, ignore_index=True)
    counted = judged[judged["keyword_visitor_days"] > 0].groupby("is_brand").size()
    came, told, buyers = (sums[name].astype("float64") for name in measures)
    bounds = [
        share_interval(part, whole) if 0 <= part <= whole and whole else (float("nan"),) * 2
        for part, whole in zip(buyers, told, strict=True)
    ]
    frame = sums.assign(
        kind=words(KINDS[bool(flag)] for flag in sums["is_brand"]),
        words=[int(counted.get(flag, 0)) for flag in sums["is_brand"]],
        visitors=came,
        share=came / came.sum() if came.sum() else float("nan"),
        buyers=buyers,
        conversion=buyers / told.where(told > 0),
        low=pd.Series([low for low, _ in bounds], index=sums.index, dtype="float64"),
        high=pd.Series([high for _, high in bounds], index=sums.index, dtype="float64"),
    )
    return Table.make(
        frame,
        Column("kind", message("Kind")),
        Column("words", message("Words"), Unit.COUNT),
        _VISITORS,
        _SHARE,
        _BUYERS,
        *_CONVERSION,
    )


def _labelled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reset_index(drop=True).assign(
        kind=words(KINDS[bool(flag)] for flag in frame["is_brand"]),
        visitors=frame["keyword_visitor_days"].to_numpy(),
        buyers=frame["keyword_buyer_days"].to_numpy(),
        state=words(STATES[state] for state in frame["state"]),
        advice=words(ADVICE[advice] for advice in frame["advice"]),
    )
