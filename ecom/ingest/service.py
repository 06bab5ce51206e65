"""Files into the store: each whole or not at all, and never one because of another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ecom.errors import Cancelled, EcomError
from ecom.ingest.checks.known import check_known
from ecom.ingest.examination import Examination
from ecom.ingest.examine import examine_for
from ecom.ingest.files.limits import MAX_BYTES, MAX_STREAMED_BYTES
from ecom.ingest.mappings import known_layouts
from ecom.ingest.whose import chooser
from ecom.model import Period
from ecom.progress import UNWATCHED, IsCancelled, Progress, Watch
from ecom.store import Store
from ecom.store.staging import Batch, Finding, RowAccount, Shop
from ecom.text import Text, message

_LOOKING = 0.3  # share of the work that is done before anything is stored
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file.

    ``accounts`` say for each table where its rows went; in a dry run there are no ``batches``.
    A file with a ``problem`` left nothing in the store.
    """

    file_name: str
    batches: tuple[Batch, ...] = ()
    accounts: tuple[RowAccount, ...] = ()
    findings: tuple[Finding, ...] = ()
    problem: Text | None = None
    remedy: Text | None = None


def import_files(
    store: Store,
    paths: Iterable[Path],
    *,
    shop: Shop | None = None,
    dry_run: bool = False,
    confirmed: bool = False,
    password: str | None = None,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> tuple[FileOutcome, ...]:
    """Load files, one transaction each.

    Parameters
    ----------
    store : Store
    paths : iterable of Path
        Exports in any container, or archives of them.
    shop : Shop, optional
        Whose exports they are. A new id makes a new shop; of a known one just the id is needed.
        Default: the one known shop of the export's platform, else a shop named after the platform.
    dry_run : bool
        Only say what loading would do.
    confirmed : bool
        Load files that would have to be confirmed, too; see ``load_examined``.
    password : str, optional
        Opens the files that are protected; never stored or logged.
    progress : callable, optional
        Called with a share 0..1 and what is being done.
    cancelled : callable, optional
        Asked before every step; true ends the work. Files that are loaded already stay.

    Returns
    -------
    tuple of FileOutcome
        One a file, in the order given.

    Raises
    ------
    Cancelled
    """
    watch = Watch(progress, cancelled)
    files = list(paths)
    sizes = [path.stat().st_size + 1 if path.exists() else 1 for path in files]
    outcomes, done = [], 0
    for path, size in zip(files, sizes, strict=True):
        part = watch.part(done / sum(sizes), (done + size) / sum(sizes))
        part.tell(0.0, message("Loading {file}", file=path.name))
        work = partial(
            import_file,
            store,
            path,
            shop=shop,
            dry_run=dry_run,
            confirmed=confirmed,
            password=password,
            watch=part,
        )
        outcomes.append(outcome_of(path.name, work))
        done += size
    watch.done(message("Done"))
    return tuple(outcomes)


def load_examined(
    store: Store,
    examination: Examination,
    *,
    dry_run: bool = False,
    confirmed: bool = False,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> FileOutcome:
    """Load a file that was examined, all of its tables or none.

    A table that no layout knows is left out with a remark when another table of the file can be
    loaded (a cover sheet beside the data); when none can, the file has a problem.

    Parameters
    ----------
    confirmed : bool
        A person has confirmed ``examination.must_confirm``; without it such a file is not loaded.
    """
    staged = [table.staged for table in examination.tables if table.staged is not None]
    in_parts = [one for one in staged if one.parts is not None]
    findings = tuple(one for table in examination.tables for one in table.findings)
    if not staged:
        refused = max(examination.tables, key=lambda table: table.score)
        return FileOutcome(
            examination.file_name, findings=findings, problem=refused.problem, remedy=refused.remedy
        )
    if not dry_run and examination.must_confirm and not confirmed:
        return FileOutcome(
            examination.file_name,
            findings=findings,
            problem=examination.must_confirm[0],
            remedy=message("Choose the right shop, or confirm that it is meant so."),
        )
    act = store.rehearse if dry_run else store.load
    batches = act(*staged, progress=progress, cancelled=cancelled)
    accounts = tuple(batch.account for batch in batches)
    if in_parts:  # what was remarked is known now that the last part was read
        findings = tuple(one for batch in batches for one in batch.findings)
    return FileOutcome(examination.file_name, () if dry_run else batches, accounts, findings)


def examine_for_store(
    store: Store,
    path: Path,
    *,
    shop: Shop | None = None,
    file_name: str | None = None,
    layout_id: str | Mapping[int, str] | None = None,
    password: str | None = None,
    days: Mapping[int, Period] | None = None,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
    max_bytes: int = MAX_BYTES,
    stays: bool = False,
) -> Examination:
    """Examine a file as ``import_files`` would load it, without storing anything.

    Parameters
    ----------
    shop : as for ``import_files``.
    file_name, layout_id, password, progress, cancelled, max_bytes, stays : as for ``examine``.
    days : which days a table speaks of, by its place in the file, where the file does not say.

    Raises
    ------
    PasswordNeeded, UnreadableFile
    Cancelled
    """
    examination = examine_for(
        path,
        choose=chooser(store, shop),
        settings=store.settings,
        secret=store.secret,
        file_name=file_name,
        layout_id=layout_id,
        password=password,
        candidates=known_layouts(store),
        days=days,
        progress=progress,
        cancelled=cancelled,
        max_bytes=max_bytes,
        stays=stays,
    )
    tables = tuple(check_known(store, table) for table in examination.tables)
    return replace(examination, tables=tables)


def import_file(
    store: Store,
    path: Path,
    *,
    shop: Shop | None = None,
    dry_run: bool = False,
    confirmed: bool = False,
    password: str | None = None,
    file_name: str | None = None,
    watch: Watch = UNWATCHED,
) -> FileOutcome:
    """Load one file that stays where it is; parameters as for ``import_files`` and ``examine``.

    Raises
    ------
    UnreadableFile
    Cancelled
    """
    looking, loading = watch.part(0.0, _LOOKING), watch.part(_LOOKING, 1.0)
    examination = examine_for_store(
        store,
        path,
        shop=shop,
        file_name=file_name,
        password=password,
        progress=looking.tell,
        max_bytes=MAX_STREAMED_BYTES,
        stays=True,
    )
    return load_examined(
        store, examination, dry_run=dry_run, confirmed=confirmed, progress=loading.tell
    )


def outcome_of(file_name: str, work: Callable[[], FileOutcome]) -> FileOutcome:
    """What becomes of a file, whatever is wrong with it.

    Raises
    ------
    Cancelled
    """
    try:
        return work()
    except Cancelled:
        raise
    except EcomError as error:
        return FileOutcome(file_name, problem=error.problem, remedy=error.remedy)
    except OSError as error:
        return FileOutcome(
            file_name,
            problem=message("The file can't be opened: {reason}.", reason=error.strerror or ""),
            remedy=message("Check that it exists and is not open in another program."),
        )
    except Exception:
        _LOG.exception("import of %s failed", file_name)
        return FileOutcome(
            file_name,
            problem=message("The file could not be read because of a fault in the program."),
            remedy=message("Nothing of it was stored. Please report it with the log."),
        )
