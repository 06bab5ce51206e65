"""Files into the store: each whole or not at all, and never one because of another."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ecom.errors import EcomError
from ecom.ingest.checks.known import check_known
from ecom.ingest.examination import Examination
from ecom.ingest.examine import Progress, examine_for
from ecom.ingest.mappings import known_layouts
from ecom.ingest.whose import chooser
from ecom.model import Period
from ecom.store import Store
from ecom.store.staging import Batch, Finding, RowAccount, Shop
from ecom.text import Text, message

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

    Returns
    -------
    tuple of FileOutcome
        One a file, in the order given.
    """
    files = list(paths)
    outcomes = []
    for number, path in enumerate(files):
        if progress is not None:
            progress(number / len(files), message("Loading {file}", file=path.name))
        outcomes.append(
            _import_file(
                store, path, shop=shop, dry_run=dry_run, confirmed=confirmed, password=password
            )
        )
    if progress is not None:
        progress(1.0, message("Done"))
    return tuple(outcomes)


def load_examined(
    store: Store, examination: Examination, *, dry_run: bool = False, confirmed: bool = False
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
    findings = tuple(one for table in examination.tables for one in table.findings)
    if not staged:
        refused = max(examination.tables, key=lambda table: table.score)
        return FileOutcome(
            examination.file_name, findings=findings, problem=refused.problem, remedy=refused.remedy
        )
    if dry_run:
        return FileOutcome(examination.file_name, (), store.plan(*staged), findings)
    if examination.must_confirm and not confirmed:
        return FileOutcome(
            examination.file_name,
            findings=findings,
            problem=examination.must_confirm[0],
            remedy=message("Choose the right shop, or confirm that it is meant so."),
        )
    batches = store.load(*staged)
    accounts = tuple(batch.account for batch in batches)
    return FileOutcome(examination.file_name, batches, accounts, findings)


def examine_for_store(
    store: Store,
    path: Path,
    *,
    shop: Shop | None = None,
    file_name: str | None = None,
    layout_id: str | Mapping[int, str] | None = None,
    password: str | None = None,
    days: Mapping[int, Period] | None = None,
) -> Examination:
    """Examine a file as ``import_files`` would load it, without storing anything.

    Parameters
    ----------
    shop : as for ``import_files``.
    file_name, layout_id, password : as for ``examine``.
    days : which days a table speaks of, by its place in the file, where the file does not say.

    Raises
    ------
    PasswordNeeded, UnreadableFile
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
    )
    tables = tuple(check_known(store, table) for table in examination.tables)
    return replace(examination, tables=tables)


def _import_file(
    store: Store,
    path: Path,
    *,
    shop: Shop | None,
    dry_run: bool,
    confirmed: bool,
    password: str | None,
) -> FileOutcome:
    try:
        examination = examine_for_store(store, path, shop=shop, password=password)
        return load_examined(store, examination, dry_run=dry_run, confirmed=confirmed)
    except EcomError as error:
        return FileOutcome(path.name, problem=error.problem, remedy=error.remedy)
    except OSError as error:
        return FileOutcome(
            path.name,
            problem=message("The file can't be opened: {reason}.", reason=error.strerror or ""),
            remedy=message("Check that it exists and is not open in another program."),
        )
    except Exception:
        _LOG.exception("import of %s failed", path.name)
        return FileOutcome(
            path.name,
            problem=message("The file could not be read because of a fault in the program."),
            remedy=message("Nothing of it was stored. Please report it with the log."),
        )
