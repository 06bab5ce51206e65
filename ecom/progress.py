"""How far a long piece of work is, and whether somebody has called it off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ecom.errors import Cancelled
from ecom.text import Text, message

Progress = Callable[[float, Text], None]
IsCancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how far the work is, and who may call it off.

    Attributes
    ----------
    progress : called with a share 0..1 and what is being done.
    cancelled : asked before every step; true ends the work with ``Cancelled``.
    first, last : the part of the whole work that this one is about.
    """

    progress: Progress | None = None
    cancelled: IsCancelled | None = None
    first: float = 0.0
    last: float = 1.0

    def tell(self, share: float, doing: Text) -> None:
        """Say how far this part is, from 0 to 1.

        Raises
        ------
        Cancelled
        """
        self.check()
        if self.progress is not None:
            self.progress(self.first + (self.last - self.first) * min(share, 1.0), doing)

    def done(self, doing: Text) -> None:
        """Say that all of it is done; what is done can't be called off."""
        if self.progress is not None:
            self.progress(self.last, doing)

    def check(self) -> None:
        """Raise ``Cancelled`` when the work was called off."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled(
                message("Cancelled."), message("Nothing of it was stored; add the file again.")
            )

    def part(self, first: float, last: float) -> Watch:
        """The watch over a part of this work, given by its shares of it."""
        width = self.last - self.first
        return replace(self, first=self.first + width * first, last=self.first + width * last)


UNWATCHED = Watch()
