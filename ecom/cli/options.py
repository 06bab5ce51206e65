"""The options of a report, as the command line gives them: ``--option by=device``."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from ecom.analysis.registry import REPORTS
from ecom.errors import InvalidParameter
from ecom.text import message


def options_of(page: str, given: Sequence[str]) -> dict[str, Any]:
    """What to ask a report with; names it does not have are refused.

    Parameters
    ----------
    page : a key of ``REPORTS``; of any other nothing is checked here.
    given : "name=value"; a name that takes several values may be repeated.

    Raises
    ------
    InvalidParameter
        A text without "=", no such option, or not a whole number where one is asked for.
    """
    if page not in REPORTS:
        return {}  # the registry says so
    defaults = _defaults(page)
    asked: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise InvalidParameter(
                message("“{given}” is no option.", given=text),
                message("Write --option name=value."),
            )
        if name not in defaults:
            raise InvalidParameter.not_one_of("--option", name, defaults or ("-",))
        default = defaults[name]
        if isinstance(default, tuple):
            asked[name] = (*asked.get(name, ()), value)
        else:
            asked[name] = _whole(name, value) if isinstance(default, int) else value
    return asked


def _defaults(page: str) -> dict[str, Any]:
    """Name of an option -> its default."""
    named = inspect.signature(REPORTS[page]).parameters.values()
    return {one.name: one.default for one in named if one.kind is inspect.Parameter.KEYWORD_ONLY}


def _whole(name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise InvalidParameter(
            message("{name} can't be “{given}”.", name=name, given=value),
            message("Write a whole number."),
        ) from None
