"""A rule of the table that names channels, as a team reads and edits it.

A cell holds what an origin may say, as alternatives between commas: ``*`` stands for anything,
``@search`` for the names of a list (``ecom.channels.lists``), ``(none)`` for nothing at all. A name
without ``*`` also matches a host it is part of: ``google`` is ``www.google.com``. An empty cell
lets everything pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache, cached_property
from itertools import chain

from ecom.channels.lists import LISTS
from ecom.errors import InvalidParameter
from ecom.text import message

NONE = "(none)"
LONGEST_CELL = 500
CELLS = ("source", "medium", "campaign", "click")


@dataclass(frozen=True)
class ChannelRule:
    """One line of the table; all of its cells must match.

    Attributes
    ----------
    channel : the name that a visit gets.
    source : site or app that the visit came from; the referring host where no tag names one.
    medium, campaign : of the link's tags.
    click : the name of a click id in the link, such as ``gclid``.

    Raises
    ------
    InvalidParameter
        There is no name, a cell is too long, or a list is not known.
    """

    channel: str
    source: str = ""
    medium: str = ""
    campaign: str = ""
    click: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            text = " ".join(str(getattr(self, field.name) or "").split())
            object.__setattr__(self, field.name, text)
            if len(text) > LONGEST_CELL:
                raise InvalidParameter(
                    message("“{given}…” is too long for a rule.", given=text[:40]),
                    message("Use up to {most} letters, or a second rule.", most=LONGEST_CELL),
                )
        if not self.channel:
            raise InvalidParameter(
                message("A rule names no channel."),
                message("Name the channel, or delete the line."),
            )
        for name in CELLS:
            _patterns(getattr(self, name))

    def matches(self, origin: tuple[str, str, str, str]) -> bool:
        """Whether an origin's source, medium, campaign and click id pass all cells."""
        return all(test(told) for test, told in zip(self._tests, origin, strict=True))

    @cached_property
    def _tests(self) -> tuple[Callable[[str], bool], ...]:
        return tuple(
            _test(_patterns(getattr(self, name)), of_hosts=name == "source") for name in CELLS
        )


@cache
def _patterns(cell: str) -> tuple[str, ...]:
    """The alternatives of a cell, lists spelled out."""
    # Chinese keyboards write commas full width.
    parts = cell.replace("，", ",").split(",")
    given = [part.strip().lower() for part in parts if part.strip()]
    unknown = [part for part in given if part.startswith("@") and part[1:] not in LISTS]
    if unknown:
        raise InvalidParameter(
            message("There is no list “{given}”.", given=unknown[0]),
            message("Allowed: {choices}.", choices=", ".join(f"@{name}" for name in LISTS)),
        )
    return tuple(
        chain.from_iterable(LISTS[part[1:]] if part.startswith("@") else (part,) for part in given)
    )


def _test(patterns: tuple[str, ...], *, of_hosts: bool) -> Callable[[str], bool]:
    if not patterns:
        return lambda _: True
    plain = frozenset(one for one in patterns if "*" not in one)
    starred = [tuple(one.split("*")) for one in patterns if "*" in one]

    def passes(told: str) -> bool:
        return (
            told in plain
            or any(_fits(told, parts) for parts in starred)
            or (of_hosts and "." in told and _is_host_of(told, plain))
        )

    return passes


def _fits(told: str, parts: tuple[str, ...]) -> bool:
    """Whether a text has these parts in this order, the first at its start, the last at its end."""
    first, *inner, last = parts
    if len(told) < len(first) + len(last) or not told.startswith(first):
        return False
    if not told.endswith(last):
        return False
    place, end = len(first), len(told) - len(last)
    for part in inner:
        found = told.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


def _is_host_of(host: str, names: frozenset[str]) -> bool:
    """``m.facebook.com`` is facebook's, ``www.so.com`` is so.com's."""
    labels = host.split(".")
    return any(
        label in names or ".".join(labels[place:]) in names for place, label in enumerate(labels)
    )
