"""Which export a table is, told by its headers alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ecom.ingest.cells.text import normalise_header
from ecom.ingest.recognition.layout import Layout, layouts
from ecom.text import Text, message

LEAST_SHARE = 0.15  # below, the few common names are a coincidence
_NUMERIC = re.compile(r"^[\d.,:%/ +-]*$")


@dataclass(frozen=True, slots=True)
class Match:
    """The best layout for some headers.

    Attributes
    ----------
    layout : None when no layout's required columns are all present.
    score : share of the table's columns that the layout knows, 0..1.
    confidence : "exact" (it knows every column), "likely" or "none".
    tied : another layout fits equally well.
    nearest, missing : without a layout, the one with the fewest required columns absent.
    """

    layout: Layout | None
    score: float
    confidence: str
    tied: bool = False
    nearest: Layout | None = None
    missing: tuple[str, ...] = ()

    @property
    def problem(self) -> Text | None:
        """Why the table can't be loaded; None when it can."""
        if self.layout is not None:
            return None
        if self.nearest is None:
            return message("No known export has these columns.")
        return message(
            "No known export has these columns. The nearest is “{layout}”; it also needs: "
            "{missing}.",
            layout=self.nearest.title,
            missing=", ".join(_readable(name, self.nearest) for name in self.missing),
        )


def recognise(headers: Sequence[str], *, candidates: Sequence[Layout] | None = None) -> Match:
    """Find the layout of a table.

    Parameters
    ----------
    headers : sequence of str
        As written in the file, in any order.
    candidates : sequence of Layout, optional
        Default all that ship.

    Notes
    -----
    A taught layout for exactly these headers goes before all others: a person has said it. Else all
    required headers must be present. Among those layouts the one that knows the largest share
    of the table's columns wins; then the one with more required headers; then the one of whose own
    columns more are there.
    """
    names = frozenset(filter(None, map(normalise_header, headers)))
    options = layouts() if candidates is None else candidates
    taught = next((layout for layout in options if _is_taught_for(layout, names)), None)
    if taught is not None:
        return Match(taught, 1.0, "exact")
    fitting = [layout for layout in options if not missing_headers(layout, names)]
    scored = [
        (_share(layout, names), len(layout.required), _coverage(layout, names), layout)
        for layout in fitting
    ]
    ranked = sorted(
        (option for option in scored if option[0] >= LEAST_SHARE),
        key=lambda option: option[:3],
        reverse=True,
    )
    if not ranked:
        return _nearest(options, names)
    score, *_, layout = ranked[0]
    return Match(
        layout=layout,
        score=score,
        confidence="exact" if score == 1 else "likely",
        tied=len(ranked) > 1 and ranked[0][:3] == ranked[1][:3],
    )


def header_finder(
    candidates: Sequence[Layout] | None = None,
) -> Callable[[Sequence[Sequence[str]]], int]:
    """A function that finds the header among the first rows of a table.

    A row that fulfils some layout wins; else the row with the most known column names (two at
    least); else the first row with the most different words.
    """
    options = layouts() if candidates is None else candidates
    known = frozenset().union(*(layout.known for layout in options))

    def score(row: Sequence[str]) -> tuple[int, int, int]:
        names = frozenset(filter(None, map(normalise_header, row)))
        hits = len(names & known)
        fits = bool(hits) and any(not missing_headers(layout, names) for layout in options)
        words = sum(1 for name in names if not _NUMERIC.match(name))
        return (hits if fits else 0, hits if hits > 1 else 0, words)

    def find(rows: Sequence[Sequence[str]]) -> int:
        return max(range(len(rows)), key=lambda place: (score(rows[place]), -place))

    return find


def _is_taught_for(layout: Layout, names: frozenset[str]) -> bool:
    if layout.evidence != "taught":
        return False
    return frozenset(map(normalise_header, layout.reference)) == names


def missing_headers(layout: Layout, names: frozenset[str]) -> tuple[str, ...]:
    """Required columns that are absent; of a group of alternatives, the first name."""
    absent = [name for name in layout.required if not _present(name, names)]
    absent += [
        group[0]
        for group in layout.required_any
        if not any(_present(name, names) for name in group)
    ]
    return tuple(absent)


def _readable(name: str, layout: Layout) -> str:
    """A required header as the export writes it."""
    if name.startswith("~"):
        fitting = (h for h in layout.reference if re.search(name[1:], normalise_header(h)))
        return next(fitting, name[1:].strip("^$"))
    return next((h for h in layout.reference if normalise_header(h) == name), name)


def _present(name: str, names: frozenset[str]) -> bool:
    if name.startswith("~"):
        return any(re.search(name[1:], header) for header in names)
    return name in names


def _share(layout: Layout, names: frozenset[str]) -> float:
    known = sum(
        1
        for name in names
        if name in layout.known or any(pattern.search(name) for pattern in layout.patterns)
    )
    return known / len(names)


def _coverage(layout: Layout, names: frozenset[str]) -> float:
    return len(layout.known & names) / len(layout.known)


def _nearest(options: Sequence[Layout], names: frozenset[str]) -> Match:
    """The layout that shares the most columns, two at least; of equals the one that lacks least."""
    best = max(
        options,
        key=lambda one: (len(one.known & names), -len(missing_headers(one, names))),
        default=None,
    )
    if best is None or len(best.known & names) < 2:
        return Match(None, 0.0, "none")
    return Match(
        None, _share(best, names), "none", nearest=best, missing=missing_headers(best, names)
    )
