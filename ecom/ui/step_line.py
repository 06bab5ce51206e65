"""The line of steps of one's own in the address, and what is done to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import streamlit as st

from ecom.analysis.own_steps import OwnStep, path_of, steps_of
from ecom.ui import address

NAME = "funnel_path"  # in the address


@dataclass(frozen=True, slots=True)
class StepLine:
    """The line that a page's address keeps.

    Attributes
    ----------
    default : the line where the address has none.
    """

    default: str

    def steps(self) -> tuple[OwnStep, ...]:
        """The steps as they are.

        Raises
        ------
        InvalidParameter
            A link holds what can't be read.
        """
        given = address.chosen(NAME)
        return steps_of(given[0] if given else self.default)

    def forget(self) -> None:
        """Go back to the default."""
        address.keep(NAME, ())

    def hold(self, steps: Iterable[OwnStep]) -> None:
        """Have these steps; none at all are the default."""
        line = path_of(tuple(steps)) or self.default
        address.keep(NAME, (line,), default=(self.default,))

    # What follows is called when somebody has pressed or chosen something.

    def fill(self, steps: Sequence[OwnStep], panel: str) -> None:
        """Have these steps, and close the panel they were chosen in."""
        st.session_state[panel] = False
        self.put(steps)

    def put(self, steps: Iterable[OwnStep]) -> None:
        """Have these steps from now on."""
        self.hold(steps)
        address.touch()

    def add(self, chooser: str) -> None:
        """Add the step chosen in a select box, and empty the box."""
        event = st.session_state[chooser]
        if event is not None:
            st.session_state[chooser] = None
            self.put((*self.steps(), OwnStep(event)))

    def change(self, place: int, change: Callable[[OwnStep], OwnStep]) -> None:
        """Change one step; its panel stays open, though its name may be another now."""
        steps = list(self.steps())
        steps[place] = change(steps[place])
        st.session_state[panel_key(place)] = True
        self.put(steps)

    def move(self, place: int, by: int) -> None:
        """Put a step earlier or later; its panel goes with it."""
        steps = list(self.steps())
        steps.insert(place + by, steps.pop(place))
        self._open(place, place + by)
        self.put(steps)

    def repeat(self, place: int) -> None:
        """The same step once more, right after it, to be changed."""
        steps = list(self.steps())
        steps.insert(place + 1, steps[place])
        self._open(place, place + 1)
        self.put(steps)

    def remove(self, place: int) -> None:
        """Leave a step out."""
        st.session_state[panel_key(place)] = False
        self.put(step for other, step in enumerate(self.steps()) if other != place)

    def _open(self, closed: int, opened: int) -> None:
        st.session_state[panel_key(closed)] = False
        st.session_state[panel_key(opened)] = True


def panel_key(place: int) -> str:
    """The name of the panel of the step at a place."""
    return f"funnel_step.{place}"
