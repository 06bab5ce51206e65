"""The key that customers' ids are hashed with. It never stands in the database it protects."""

from __future__ import annotations

import os
import secrets
import threading
from pathlib import Path

from sqlalchemy.engine import make_url

from ecom.errors import StoreError
from ecom.text import message

ENVIRONMENT = "ECOM_SECRET"
_MAKING = threading.Lock()


def secret_of(url: str, *, is_embedded: bool) -> bytes:
    """The key for a store.

    The environment's ``ECOM_SECRET`` where it is set; for an embedded database file a key file
    beside it, made at the first need and readable by its owner only; for a store in memory a key
    that is forgotten with it.

    Parameters
    ----------
    url : the store's SQLAlchemy URL.
    is_embedded : the store is a file (or memory) of this machine's.

    Raises
    ------
    StoreError
        A database server's store has no secret in the environment, or the key file is unreadable.
    """
    given = os.environ.get(ENVIRONMENT)
    if given:
        return given.encode()
    if not is_embedded:
        raise StoreError(
            message("There is no secret to hash customers with."),
            message("Set {name} to a long random text, the same for everyone.", name=ENVIRONMENT),
        )
    database = make_url(url).database or ""
    if database in ("", ":memory:"):
        return secrets.token_bytes(32)
    return _key_file(Path(database).expanduser().with_suffix(".key"))


def _key_file(path: Path) -> bytes:
    """The key in a file; one that is not there, or was left empty by a crash, is made.

    Whoever opens the store holds its database, so that only this process can be here.
    """
    with _MAKING:
        if not path.exists() or not path.stat().st_size:
            _make_key(path)
    return bytes.fromhex(path.read_text("ascii").strip())


def _make_key(path: Path) -> None:
    """Whole or not at all: a key that is half written would hash customers anew the next time."""
    draft = path.with_suffix(".key.new")
    try:
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        draft.replace(path)
    except OSError as error:
        raise StoreError(
            message("The key file {path} can't be written: {why}", path=path, why=error.strerror),
            message("Make the folder writable, or set {name}.", name=ENVIRONMENT),
        ) from error
