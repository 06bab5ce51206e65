"""Where two JSON values differ: numbers by more than their last digits, everything else at all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

_RELATIVE, _ABSOLUTE = 1e-9, 1e-9


def differences(expected: Any, found: Any, path: str = "") -> Iterator[str]:
    """Name each place that differs, with both values. A whole number may come as a float."""
    match expected, found:
        case dict(), dict():
            if expected.keys() != found.keys():
                yield f"{path}: {sorted(expected)} != {sorted(found)}"
            for key in expected.keys() & found.keys():
                yield from differences(expected[key], found[key], f"{path}.{key}")
        case list(), list():
            if len(expected) != len(found):
                yield f"{path}: {len(expected)} items != {len(found)}"
            for place, (one, other) in enumerate(zip(expected, found, strict=False)):
                yield from differences(one, other, f"{path}[{place}]")
        case (bool(), _) | (_, bool()):
            if expected is not found:
                yield f"{path}: {expected!r} != {found!r}"
        case (int() | float(), int() | float()):
            if not math.isclose(expected, found, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE):
                yield f"{path}: {expected!r} != {found!r}"
        case _:
            if type(expected) is not type(found) or expected != found:
                yield f"{path}: {expected!r} != {found!r}"
