"""Collect every translatable sentence of the program: ``python -m tests.messages``.

A sentence is the first argument of a call named ``message``; it must be a plain string, so that it
can be found by reading the code. So are the sentences of the playbook and the titles of our own
templates.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from ecom.i18n import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]


def sources() -> list[Path]:
    """The files in which a reader's words can stand."""
    return [
        *sorted((ROOT / "ecom").rglob("*.py")),
        ROOT / "ecom/analysis/playbook.yaml",
        *sorted((ROOT / "ecom/ingest/layouts").glob("own_*.yaml")),
        *sorted((ROOT / "pages").glob("*.py")),
        ROOT / "app.py",
    ]


def collect() -> dict[str, str]:
    """Sentence -> the file it was first found in, in reading order."""
    found: dict[str, str] = {}
    for path in sources():
        place = str(path.relative_to(ROOT))
        text = path.read_text("utf-8")
        is_data = path.suffix == ".yaml"
        for sentence in _data(text) if is_data else _sentences(ast.parse(text), place):
            found.setdefault(sentence, place)
    return found


def catalogue_path(code: str) -> Path:
    """Where a language's translations are."""
    return ROOT / "ecom" / "locale" / code / "messages.po"


def _data(text: str) -> Iterator[str]:
    """The sentences of the playbook, or the title of a template of our own."""
    content = yaml.safe_load(text)
    if isinstance(content, dict):
        yield content["title"]
        return
    for entry in content:
        yield from (entry["causes"], entry["checks"])


def _sentences(tree: ast.AST, place: str) -> Iterator[str]:
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_call and node.func.id == "message":
            first = node.args[0] if node.args else None
            if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                raise ValueError(f"{place}:{node.lineno}: message() needs a plain string")
            yield first.value


def main() -> None:
    """Bring the catalogues up to date; keep what is translated, drop what is gone."""
    found = collect()
    for code in LANGUAGES:
        if code == "en":
            continue
        path = catalogue_path(code)
        known = {}
        if path.exists():
            with path.open("rb") as file:
                known = {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}
        catalogue = Catalog(locale=code, charset="utf-8", fuzzy=False)
        for sentence, place in found.items():
            # No line numbers: they would change with every edit.
            catalogue.add(sentence, known.get(sentence, ""), locations=[(place, 0)])
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=100, omit_header=True, include_lineno=False)
        missing = sum(1 for sentence in found if not known.get(sentence))
        sys.stdout.write(f"{code}: {len(found)} sentences, {missing} without translation\n")


if __name__ == "__main__":
    main()
