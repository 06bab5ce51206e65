"""Where the names of points may stand without lying over each other, on the narrowest screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WIDTH = 270  # pixels of the plot on a phone; on a wider screen points only move apart
_MARGINS = 110  # pixels of a figure's height that are not plot
_LETTER, _WIDE_LETTER, _LINE = 6.6, 12.5, 15  # pixels of a letter of 12, of a Chinese one, a line
_LONGEST = 15  # letters of a name beside bars
_FIRST_WIDE = "\u2e80"

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Dot:
    """A named point: its place as shares of the plot from the lower left, and pixels across."""

    across: float
    up: float
    size: float
    name: str


def places(dots: Sequence[Dot], *, height: int) -> list[str]:
    """Plotly's ``textposition`` of each name, larger points first; "" where none is free.

    Parameters
    ----------
    height : of the figure, in pixels.
    """
    tall = height - _MARGINS
    taken = [_box(dot, tall, dot.size, dot.size, 0, 0) for dot in dots]
    answer = [""] * len(dots)
    for place in sorted(range(len(dots)), key=lambda place: -dots[place].size):
        others = taken[:place] + taken[place + 1 :]
        for position, box in _tries(dots[place], tall):
            is_inside = box[0] >= 0 and box[1] <= _WIDTH and box[2] >= 0
            if is_inside and not any(_meet(box, other) for other in others):
                answer[place] = position
                taken.append(box)
                break
    return answer


def is_wide(letter: str) -> bool:
    """Whether a letter takes the room of two, as Chinese ones do."""
    return letter >= _FIRST_WIDE


def shortened(name: str) -> str:
    """A name that fits beside the bars; the end of a path tells more than its beginning."""
    if _width(name) <= _LONGEST:
        return name
    is_path = name.startswith("/")
    kept, room = "", _LONGEST - 1
    for letter in reversed(name) if is_path else name:
        room -= 1 + is_wide(letter)
        if room < 0:
            break
        kept += letter
    return f"…{kept[::-1]}" if is_path else f"{kept.rstrip()}…"


def wrapped(name: str, *, longest: int = _LONGEST) -> list[str]:
    """A name beside bars in up to two lines, cut only where these don't hold it.

    Parameters
    ----------
    longest : letters of the first line; Chinese ones count twice.
    """
    first = name = name.strip()
    while _width(first) > longest:
        first = first.rpartition(" ")[0] if " " in first else first[:-1]
    rest = name[len(first) :].strip()
    return [first, shortened(rest)] if rest else [first]


def _width(name: str) -> int:
    return sum(1 + is_wide(letter) for letter in name)


def _tries(dot: Dot, tall: int) -> Iterator[tuple[str, Box]]:
    wide = sum(_WIDE_LETTER if is_wide(letter) else _LETTER for letter in dot.name)
    over, beside = (dot.size + _LINE) / 2, (dot.size + wide) / 2 + 2
    yield "top center", _box(dot, tall, wide, _LINE, 0, over)
    yield "bottom center", _box(dot, tall, wide, _LINE, 0, -over)
    yield "middle right", _box(dot, tall, wide, _LINE, beside, 0)
    yield "middle left", _box(dot, tall, wide, _LINE, -beside, 0)


def _box(dot: Dot, tall: int, wide: float, high: float, right: float, up: float) -> Box:
    x, y = dot.across * _WIDTH + right, dot.up * tall + up
    return x - wide / 2, x + wide / 2, y - high / 2, y + high / 2


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
