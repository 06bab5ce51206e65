"""What the documents say is so: examples run, commands exist, links lead somewhere."""

from __future__ import annotations

import argparse
import doctest
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import exports
from ecom.cli import command_parser
from ecom.ingest import layouts
from tests.conftest import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
# `python -m ecom ...` with or without the environment's folder before it.
COMMAND = re.compile(r"^(?:\S*/)?python3? -m ecom (.+?)(?:\s+#.*)?$", re.MULTILINE)
MENTIONED = re.compile(r"`(?:\S*/)?python3? -m ecom ([^`]+)`")
TARGET = re.compile(r"(?:^|`)make ([a-z]+)", re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
LINK = re.compile(r"\]\(([^)#\s]+)")


def test_every_example_of_the_api_gives_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the examples write files
    names: dict[str, object] = {}
    said: list[str] = []
    runner = doctest.DocTestRunner()
    for place, block in _blocks(ROOT / "docs" / "api.md"):
        test = doctest.DocTestParser().get_doctest(block, names, "docs/api.md", "api.md", place)
        assert test.examples, f"the block at line {place} has no example"
        runner.run(test, out=said.append, clear_globs=False)
        names = test.globs
    assert not said, "".join(said)


def test_the_list_of_exports_is_current() -> None:
    found = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    assert found == exports.page(layouts()), "run python -m docs.exports"


@pytest.mark.parametrize("name", NAMES)
def test_every_command_named_is_understood(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for words in (*COMMAND.findall(text), *MENTIONED.findall(text)):
        given = shlex.split(words)
        if given == ["..."]:
            continue
        # A command named without what it needs (`python -m ecom import`) still has to exist.
        assert given[0] in _commands(), words
        if len(given) > 1:
            command_parser().parse_args(given)


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_named_is_there(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    text = (ROOT / name).read_text(encoding="utf-8")
    assert set(TARGET.findall(text)) <= targets


def test_every_option_the_readme_names_is_offered() -> None:
    prose = re.sub(r"```.*?```", "", (ROOT / "README.md").read_text("utf-8"), flags=re.DOTALL)
    offered = {
        option
        for parser in _commands().values()
        for action in parser._actions
        for option in action.option_strings
    }
    assert set(OPTION.findall(prose)) <= offered


def test_every_command_helps(capsys: pytest.CaptureFixture[str]) -> None:
    for name, parser in _commands().items():
        with pytest.raises(SystemExit) as ended:
            command_parser().parse_args([name, "--help"])
        assert ended.value.code == 0
        said = capsys.readouterr().out
        for action in parser._actions:
            assert all(option in said for option in action.option_strings), (name, action)


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    path = ROOT / name
    links = LINK.findall(path.read_text(encoding="utf-8"))
    missing = [
        link for link in links if "://" not in link and not (path.parent / link).resolve().exists()
    ]
    assert missing == []


def _blocks(path: Path) -> Iterator[tuple[int, str]]:
    """Python blocks of a Markdown file, each with the number of the line before it."""
    text = path.read_text(encoding="utf-8")
    for found in re.finditer(r"```python\n(.*?)```", text, re.DOTALL):
        yield text[: found.start(1)].count("\n"), found.group(1)


def _commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of every command, by name."""
    (choices,) = (
        action.choices
        for action in command_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return dict(choices)
