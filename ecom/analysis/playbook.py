"""The playbook: what a change usually means and what to check first, from ``playbook.yaml``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from ecom.text import Text

MEASURES = ("visitors", "conversion")
PASSAGE = "passage"  # from a step of the funnel to the next; only its fall is told of
DIRECTIONS = ("up", "down")
PATTERNS = ("one", "many", "spend")


@dataclass(frozen=True, slots=True)
class Play:
    """One entry; ``names`` are parts of sources' names in lower case, empty for every source.

    Of a passage (a step of the funnel) the sources are the step's event and what the group is
    split by.
    """

    measure: str
    direction: str
    pattern: str
    causes: Text
    checks: Text
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        fields = (
            (self.measure, (*MEASURES, PASSAGE)),
            (self.direction, DIRECTIONS),
            (self.pattern, PATTERNS),
        )
        for value, allowed in fields:
            if value not in allowed:
                raise ValueError(f"playbook.yaml: {value} is none of {', '.join(allowed)}")

    def fits(self, sources: Collection[str]) -> bool:
        """Whether it speaks of these sources."""
        names = [source.casefold() for source in sources]
        return not self.names or any(part in name for part in self.names for name in names)


@cache
def playbook() -> tuple[Play, ...]:
    """Every entry, in the file's order."""
    text = (files("ecom.analysis") / "playbook.yaml").read_text(encoding="utf-8")
    return tuple(
        Play(
            measure=entry["measure"],
            direction=entry["direction"],
            pattern=entry["pattern"],
            causes=Text(entry["causes"]),
            checks=Text(entry["checks"]),
            names=tuple(entry.get("names", ())),
        )
        for entry in yaml.safe_load(text)
    )


def play_for(measure: str, direction: str, *, pattern: str, sources: Collection[str]) -> Play:
    """The first entry that fits a change.

    Parameters
    ----------
    measure, direction, pattern : of ``MEASURES`` (or ``PASSAGE``), ``DIRECTIONS``, ``PATTERNS``.
    sources : names of the sources that changed.

    Raises
    ------
    LookupError
        The playbook has no entry for this, which is a fault of the file.
    """
    asked = (measure, direction, pattern)
    for play in playbook():
        if (play.measure, play.direction, play.pattern) == asked and play.fits(sources):
            return play
    raise LookupError(f"playbook.yaml has no entry for {' '.join(asked)}")
