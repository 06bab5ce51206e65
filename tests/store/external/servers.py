"""Real database servers for tests, in a folder of their own and gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "s3cret/pass word"  # has to be escaped in a URL
ESCAPED = "s3cret%2Fpass%20word"
_WAIT_SECONDS = 40


@contextmanager
def postgres() -> Iterator[str | None]:
    """URL of a PostgreSQL with the user ``reader``; None where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [
        Path(path) for path in (shutil.which("initdb"),) if path
    ]
    if not found or not _runs_as("postgres"):
        yield None
        return
    folder = _folder("postgres")
    programs, data, port = found[-1].parent, folder / "data", _free_port()
    secret = folder / "password"
    secret.write_text(PASSWORD)
    shutil.chown(secret, "postgres")
    _run(
        "postgres", programs / "initdb", "-D", data, "-U", "reader", "-A", "scram-sha-256",
        f"--pwfile={secret}", "-E", "UTF8", "--no-sync",
    )  # fmt: skip
    process = _start(
        "postgres", folder, programs / "postgres", "-D", data, "-p", port, "-k", folder,
        "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
    )  # fmt: skip
    try:
        _until_open(port, process)
        yield f"postgresql://reader:{ESCAPED}@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait(_WAIT_SECONDS)
        shutil.rmtree(folder)


@contextmanager
def mariadb() -> Iterator[str | None]:
    """URL of a MariaDB with the user ``reader`` and the database ``shop``; None without one."""
    server, install = shutil.which("mariadbd"), shutil.which("mariadb-install-db")
    if server is None or install is None:
        yield None
        return
    user = "mysql" if _runs_as("mysql") else "nobody"
    folder = _folder(user)
    data, port = folder / "data", _free_port()
    _run(
        user, install, "--no-defaults", f"--datadir={data}", "--skip-test-db",
        "--auth-root-authentication-method=normal",
    )  # fmt: skip
    setup = folder / "setup.sql"
    setup.write_text(
        "CREATE DATABASE shop CHARACTER SET utf8mb4;\n"
        f"CREATE USER reader@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
        "GRANT ALL ON shop.* TO reader@'127.0.0.1';\n"
    )
    shutil.chown(setup, user)
    process = _start(
        user, folder, server, "--no-defaults", f"--datadir={data}", f"--port={port}",
        "--bind-address=127.0.0.1", f"--socket={folder}/socket", f"--pid-file={folder}/pid",
        f"--init-file={setup}", "--skip-log-bin", "--skip-name-resolve",
    )  # fmt: skip
    try:
        _until_open(port, process)
        yield f"mysql://reader:{ESCAPED}@127.0.0.1:{port}/shop"
    finally:
        process.terminate()
        process.wait(_WAIT_SECONDS)
        shutil.rmtree(folder)


def _runs_as(user: str) -> bool:
    """Whether this process may become the user (servers refuse to run as root)."""
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return os.geteuid() == 0


def _identity(user: str) -> dict[str, object]:
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _folder(user: str) -> Path:
    """A folder of the user's own; pytest's are closed to others."""
    made = Path(tempfile.mkdtemp(prefix="ecom-server-"))
    shutil.chown(made, user)
    return made


def _run(user: str, *command: object) -> None:
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, cwd="/", **_identity(user)
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _start(user: str, folder: Path, *command: object) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [str(word) for word in command], stdout=log, stderr=log, cwd="/", **_identity(user)
        )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended at start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the server did not start")
