"""Steps of a reader's own, and the one line of text that a link, a cache or a command keeps.

``view_item{category=Lamps|Fans}>add_to_cart?>purchase{value=100..500}@2h`` reads: viewed a product
of one of two categories; may or may not have put one into the cart; bought for 100 up to less than
500, within two hours of the view. What would be read as one of these signs is written ``%3E`` and
so on, as in addresses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote

from ecom.analysis.funnel_query import Between, Step, Where
from ecom.errors import InvalidParameter
from ecom.text import message

PROPERTIES = ("category", "brand", "product_id", "page")
"""Of events, that a step may be narrowed by."""
WORTH = "value"
"""The property that may be narrowed to a band."""
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}

_SIGNS = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "%>?{}=|&@"})
_STEP = re.compile(r"([^?{@]+)(\?)?(?:\{([^}]*)\})?(?:@(\w+))?")
_LENGTH = re.compile(r"(\d{1,4})([mhd])")


@dataclass(frozen=True, slots=True)
class OwnStep:
    """One step.

    Attributes
    ----------
    event : its name in the log.
    is_optional : who skips it is not held up.
    where : the values allowed, by property of ``PROPERTIES``; none: any.
    at_least, below : the band of ``WORTH``; None: no bound.
    within : a length such as "30m", "2h", "7d" since the required step before; "": no limit.
    """

    event: str
    is_optional: bool = False
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    at_least: Decimal | None = None
    below: Decimal | None = None
    within: str = ""

    def as_step(self, *, may_skip: bool, has_window: bool) -> Step:
        """The step as the funnel asks it.

        Parameters
        ----------
        may_skip : whether a step at this place can be optional.
        has_window : whether a step here can have a window of its own.
        """
        is_narrow = self.at_least is not None or self.below is not None
        return Step(
            self.event,
            (
                *(Where(name, values) for name, values in self.where),
                *([Between(WORTH, self.at_least, self.below)] if is_narrow else []),
            ),
            is_optional=self.is_optional and may_skip,
            within=length_of(self.within) if self.within and has_window else None,
        )


def steps_of(path: str) -> tuple[OwnStep, ...]:
    """Read a line of steps; one event may be several of them.

    Raises
    ------
    InvalidParameter
        A step can't be read, or is narrowed by something else than the properties there are.
    """
    return tuple(_step(part) for part in path.split(">") if part)


def path_of(steps: Sequence[OwnStep]) -> str:
    """Steps as the line that ``steps_of`` reads."""
    return ">".join(_written(step) for step in steps)


def length_of(text: str) -> timedelta:
    """A length of time: "30m", "2h", "7d".

    Raises
    ------
    InvalidParameter
        It is none, or no time at all.
    """
    match = _LENGTH.fullmatch(text)
    if match is None or not int(match[1]):
        raise InvalidParameter(
            message("“{given}” is not a length of time.", given=text),
            message("Use minutes, hours or days, such as 30m, 2h or 7d."),
        )
    return int(match[1]) * UNITS[match[2]]


def _step(text: str) -> OwnStep:
    match = _STEP.fullmatch(text)
    if match is None:
        raise InvalidParameter(
            message("The step “{given}” can't be read.", given=text),
            message("Write event, event?, event{{category=Lamps}} or event@2h, with > in between."),
        )
    event, mark, narrowed, within = match.groups()
    if within:
        length_of(within)
    where: list[tuple[str, tuple[str, ...]]] = []
    at_least, below = None, None
    for part in (narrowed or "").split("&"):
        name, _, given = part.partition("=")
        if name == WORTH:
            at_least, below = (_amount(bound) for bound in _bounds(given))
        elif name in PROPERTIES:
            where.append((name, tuple(unquote(value) for value in given.split("|"))))
        elif part:
            raise InvalidParameter.not_one_of("property", name, (*PROPERTIES, WORTH))
    return OwnStep(unquote(event), bool(mark), tuple(where), at_least, below, within or "")


def _bounds(given: str) -> tuple[str, str]:
    at_least, dots, below = given.partition("..")
    if not dots:
        raise InvalidParameter(
            message("“{given}” is not a band of values.", given=given),
            message("Write 100..500, 100.. or ..500."),
        )
    return at_least, below


def _amount(given: str) -> Decimal | None:
    if not given:
        return None
    try:
        amount = Decimal(given)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise InvalidParameter(
            message("“{given}” is not a number.", given=given),
            message("Write 100..500, 100.. or ..500."),
        )
    return amount


def _written(step: OwnStep) -> str:
    narrowed = [
        f"{name}={'|'.join(value.translate(_SIGNS) for value in values)}"
        for name, values in step.where
    ]
    if step.at_least is not None or step.below is not None:
        bounds = ("" if one is None else str(one) for one in (step.at_least, step.below))
        narrowed.append(f"{WORTH}={'..'.join(bounds)}")
    return "".join(
        (
            step.event.translate(_SIGNS),
            "?" * step.is_optional,
            "{" + "&".join(narrowed) + "}" if narrowed else "",
            f"@{step.within}" if step.within else "",
        )
    )
