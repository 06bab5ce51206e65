"""The demo shop, made and loaded the way a user would: its exports go through ingest."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ecom.demo.generate import Progress, generate
from ecom.ingest import FileOutcome, import_files
from ecom.store import Store

_GENERATED = 0.4  # share of the time after which the files are written


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

    exports = generate(
        folder,
        end=end or datetime.now(UTC).date() - timedelta(1),
        scale=scale,
        seed=seed,
        progress=_part_of(progress, 0.0, _GENERATED),
    )
    outcomes: list[FileOutcome] = []
    done = _GENERATED
    for shop, files in itertools.groupby(exports.files, key=lambda file: file.shop):
        paths = [file.path for file in files]
        until = done + (1 - _GENERATED) * len(paths) / len(exports.files)
        outcomes += import_files(store, paths, shop=shop, progress=_part_of(progress, done, until))
        done = until
    return tuple(outcomes)


def _part_of(progress: Progress | None, start: float, end: float) -> Progress | None:
    """A progress of its own, 0..1, that tells a part of the whole."""
    if progress is None:
        return None
    return lambda share, what: progress(start + share * (end - start), what)
