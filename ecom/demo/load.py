"""The demo shop, made and loaded the way a user would: its exports go through ingest."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ecom.demo.generate import Progress, generate
from ecom.ingest import FileOutcome, import_files
from ecom.store import Store
from ecom.text import Text

_SHARE_OF_GENERATION = 0.4


def load_demo(
    store: Store,
    folder: Path,
    *,
    end: date | None = None,
    scale: float = 1.0,
    seed: int = 618,
    progress: Progress | None = None,
) -> tuple[FileOutcome, ...]:
    """Write the demo's exports into ``folder`` and load them.

    Parameters
    ----------
    end : last day with data; default yesterday.
    scale, seed : as for ``generate``.
    progress : told the share done, 0..1, and what is being done.

    Returns
    -------
    tuple of FileOutcome
        One a file.
    """

    def tell(start: float, share: float, what: Text) -> None:
        if progress is not None:
            width = _SHARE_OF_GENERATION if start == 0 else 1 - _SHARE_OF_GENERATION
            progress(start + share * width, what)

    last_day = end or datetime.now(UTC).date() - timedelta(1)
    exports = generate(
        folder,
        end=last_day,
        scale=scale,
        seed=seed,
        progress=lambda share, what: tell(0, share, what),
    )
    outcomes: list[FileOutcome] = []
    for shop, files in itertools.groupby(exports.files, key=lambda file: file.shop):
        done = len(outcomes) / len(exports.files)
        paths = [file.path for file in files]
        part = len(paths) / len(exports.files)
        outcomes += import_files(
            store,
            paths,
            shop=shop,
            progress=lambda share, what, done=done, part=part: tell(
                _SHARE_OF_GENERATION, done + share * part, what
            ),
        )
    return tuple(outcomes)
