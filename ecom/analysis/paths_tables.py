"""The tables of paths, and how steps and paths are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.analysis.funnel_names import STEP_LABELS
from ecom.analysis.traffic_tables import PART_LABELS
from ecom.model import Good, Unit
from ecom.models import paths as model
from ecom.models.paths import EDGE, MORE, OTHER, Flow
from ecom.queries.paths import OTHER_ACTIONS, OTHER_PAGES, UNNAMED_PAGE
from ecom.text import Text, message

# Part of visits that is looked at -> where its flow is aligned.
LOOKS = {"landing": "first", "between": "both", "leaving": "last"}
DAYS_LABELS: Mapping[str, Text] = {
    "all": message("All days"),
    "campaign": message("Campaign days"),
    "ordinary": message("Ordinary days"),
    "night": message("Nights (0–6)"),
}
DAYS = tuple(DAYS_LABELS)
# Between which steps the page offers to look.
ENDS = {event: label for event, label in STEP_LABELS.items() if event != "visit"}
_TOP = 15  # paths
_LISTED = 20  # steps
_GROUP = ["part", "sessions", "single", "length", "returning", "buying", "common"]
_NOBODY = " "  # the letter of no step

_SAID: Mapping[str, Text] = {
    **STEP_LABELS,
    "search": message("Searched"),
    "/": message("Home page"),
    OTHER_PAGES: message("Other pages"),
    OTHER_ACTIONS: message("Other actions"),
    UNNAMED_PAGE: message("Unnamed page"),
}
_KINDS = (  # by is_campaign × 2 + is_night
    message("Ordinary days"),
    message("Ordinary nights"),
    message("Campaign days"),
    message("Campaign nights"),
)
_OF_ITS_DAYS = message("Share of this path among the visits of those days.")
_BUYING = Column(
    "buying",
    message("Conversion"),
    Unit.RATIO,
    Good.UP,
    message("Visits with a purchase ÷ visits."),
)


@dataclass(frozen=True, slots=True)
class Look:
    """Which part of visits is looked at; ``start`` and ``end`` are letters, for ``between``."""

    name: str
    start: str
    end: str

    def at(self, ways: pd.DataFrame) -> pd.DataFrame:
        """That part of folded ways, added up."""
        if self.name == "between":
            return model.between(ways, self.start, self.end)
        return model.after_landing(ways) if self.name == "landing" else model.before_leaving(ways)


@dataclass(frozen=True, slots=True)
class Steps:
    """What the letters of ways stand for."""

    names: Mapping[str, str]

    def letter(self, name: str) -> str:
        """The letter of a page or action; one that is in no way when nobody did it."""
        return next((letter for letter, one in self.names.items() if one == name), _NOBODY)

    def said(self, name: str) -> Text | str:
        """How a page or action is called."""
        return _SAID.get(name, name)

    def of(self, letter: str, looked: Look | None = None) -> Text | str:
        """How the step of a letter is called."""
        if letter == EDGE:
            is_end = looked is None or looked.name == "landing"
            return message("Exit") if is_end else message("Landed")
        if letter in (MORE, OTHER):
            return message("More steps") if letter == MORE else message("Other steps")
        return self.said(self.names.get(letter, letter))

    def path(self, way: str, looked: Look | None = None) -> Text | str:
        """The steps of a way, one after the other."""
        path = self.of(way[0], looked)
        for letter in way[1:]:
            path = message("{before} → {after}", before=path, after=self.of(letter, looked))
        return path


def on_days(frame: pd.DataFrame, days: str) -> pd.DataFrame:
    """The rows of one of ``DAYS``, by their ``is_campaign`` and ``is_night``."""
    is_campaign, is_night = frame["is_campaign"] == 1, frame["is_night"] == 1
    chosen = {
        "campaign": is_campaign,
        "night": is_night,
        "ordinary": ~is_campaign & ~is_night,
    }
    return frame if days == "all" else frame[chosen[days]]


def flow_tables(flow: Flow, steps: Steps, looked: Look) -> tuple[Table, Table]:
    """The flow's nodes and links.

    Returns
    -------
    tuple of Table
        Nodes: column (from 1), letter, step, sessions. Links: column, letter, to_column, to_letter,
        sessions. A step is known by its column and letter.
    """
    nodes, links = flow.nodes, flow.links
    column = Column("column", message("Column"), Unit.COUNT)
    visits = Column("sessions", message("Visits"), Unit.COUNT)
    return (
        Table.make(
            nodes.assign(
                column=nodes["column"] + 1,
                letter=nodes["step"],
                step=words(steps.of(letter, looked) for letter in nodes["step"]),
            ),
            column,
            Column("letter", message("Sign")),
            Column("step", message("Step")),
            visits,
        ),
        Table.make(
            links.assign(
                column=links["column"] + 1,
                letter=links["step"],
                to_column=links["to_column"] + 1,
                to_letter=links["to_step"],
            ),
            column,
            Column("letter", message("Sign")),
            Column("to_column", message("To column"), Unit.COUNT),
            Column("to_letter", message("To sign")),
            visits,
        ),
    )


def top(windows: pd.DataFrame, ways: pd.DataFrame, steps: Steps, looked: Look) -> Table:
    """The most common paths.

    Parameters
    ----------
    windows : the paths of the chosen days.
    ways : the folded ways of all days, which the shares by kind of day are made of.
    """
    frame = windows.head(_TOP)
    shares = {}
    for days in DAYS[1:]:
        part = looked.at(on_days(ways, days)).set_index("way")["sessions"]
        shares[days] = frame["way"].map(part).fillna(0) / (part.sum() or float("nan"))
    return Table.make(
        frame.assign(
            path=words(steps.path(way, looked) for way in frame["way"]),
            share=frame["sessions"] / windows["sessions"].sum(),
            buying=frame["buying_sessions"] / frame["sessions"],
            **shares,
        ),
        Column("path", message("Path")),
        Column("sessions", message("Visits"), Unit.COUNT),
        Column("share", message("Share"), Unit.RATIO, help=message("Of the visits shown here.")),
        _BUYING,
        Column("campaign", message("On campaign days"), Unit.RATIO, help=_OF_ITS_DAYS),
        Column("night", message("At night"), Unit.RATIO, help=_OF_ITS_DAYS),
        Column("ordinary", message("On ordinary days"), Unit.RATIO, help=_OF_ITS_DAYS),
    )


def groups(ways: pd.DataFrame, steps: Steps, *, split: str) -> Table:
    """How the visits of each channel, device or kind of day went on; most visits first.

    Parameters
    ----------
    ways : folded.
    """
    by_days = split == "days"
    kinds = ways["is_campaign"] * 2 + ways["is_night"]
    parts = ways["part"].map(lambda part: part or message("Not told"))
    part = kinds.map(lambda kind: _KINDS[kind]) if by_days else parts
    told = [{"part": name, **_group(ways[part == name])} for name in part.unique()]
    frame = pd.DataFrame(told, columns=_GROUP)
    frame["common"] = words(way and steps.path(way) for way in frame["common"])
    frame["share"] = frame["sessions"] / frame["sessions"].sum()
    frame["part"] = words(frame["part"])
    label = message("Kind of day") if by_days else PART_LABELS[split]
    return Table.make(
        frame.sort_values("sessions", ascending=False, kind="stable"),
        Column("part", label, terms=not by_days),
        Column("sessions", message("Visits"), Unit.COUNT),
        Column("share", message("Share"), Unit.RATIO),
        Column("single", message("One step only"), Unit.RATIO, Good.DOWN),
        Column("length", message("Steps per visit"), Unit.NUMBER),
        Column("returning", message("Came back to a step"), Unit.RATIO),
        _BUYING,
        Column("common", message("Most common beginning")),
    )


def returns(counts: pd.DataFrame, steps: Steps) -> Table:
    """Steps that visits came back to after another one; most such visits first."""
    frame = _ranked(counts[counts["returning"] > 0], "returning", steps)
    return Table.make(
        frame.assign(
            share=frame["returning"] / frame["sessions"],
            times=frame["returns"] / frame["returning"],
        ),
        Column("step", message("Step")),
        Column("returning", message("Visits that came back"), Unit.COUNT),
        Column("share", message("Share"), Unit.RATIO, help=message("Of the visits with the step.")),
        Column("times", message("Times"), Unit.NUMBER, help=message("A visit that came back.")),
        Column("sessions", message("Visits with the step"), Unit.COUNT),
    )


def landings(counts: pd.DataFrame, steps: Steps) -> Table:
    """Steps that visits began with; most visits first."""
    frame = _ranked(counts[counts["landings"] > 0], "landings", steps)
    return Table.make(
        frame.assign(
            share=frame["landings"] / counts["landings"].sum(),
            single=frame["single"] / frame["landings"],
            buying=frame["landed_buying"] / frame["landings"],
        ),
        Column("step", message("First step")),
        Column("landings", message("Visits"), Unit.COUNT),
        Column("share", message("Share"), Unit.RATIO, help=message("Of all visits.")),
        Column(
            "single",
            message("Left at once"),
            Unit.RATIO,
            Good.DOWN,
            message("Visits that did nothing else ÷ visits that began here."),
        ),
        _BUYING,
    )


def exits(counts: pd.DataFrame, steps: Steps) -> Table:
    """Steps that visits ended with; most visits first."""
    frame = _ranked(counts[counts["exits"] > 0], "exits", steps)
    return Table.make(
        frame.assign(
            rate=frame["exits"] / frame["sessions"],
            share=frame["exits"] / counts["exits"].sum(),
            in_a_row=frame["hits"] / frame["runs"],
        ),
        Column("step", message("Last step")),
        Column("exits", message("Exits"), Unit.COUNT),
        Column(
            "rate",
            message("Exit rate"),
            Unit.RATIO,
            help=message("Visits that ended with the step ÷ visits with the step."),
        ),
        Column("share", message("Share"), Unit.RATIO, help=message("Of all visits.")),
        Column("sessions", message("Visits with the step"), Unit.COUNT),
        Column(
            "in_a_row",
            message("In a row"),
            Unit.NUMBER,
            help=message("How often the step repeats at once, on average."),
        ),
    )


def _ranked(counts: pd.DataFrame, by: str, steps: Steps) -> pd.DataFrame:
    frame = counts.sort_values(by, ascending=False, kind="stable").head(_LISTED)
    return frame.reset_index(drop=True).assign(
        step=words(steps.of(letter) for letter in frame.index)
    )


def _group(ways: pd.DataFrame) -> dict[str, object]:
    """What ``groups`` says of some folded ways."""
    way, sessions = ways["way"], ways["sessions"]
    lengths = way.map(len)
    came_back = way.map(lambda steps: len(set(steps)) < len(steps))
    visits = sessions.sum()
    return {
        "sessions": visits,
        "single": sessions[lengths == 1].sum() / visits,
        "length": (lengths * sessions).sum() / visits,
        "returning": sessions[came_back].sum() / visits,
        "buying": ways["buying_sessions"].sum() / visits,
        "common": model.after_landing(ways)["way"].iloc[0],
    }
