"""Every sentence has a translation that says the same values."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from ecom.i18n import LANGUAGES
from tests.messages import catalogue_path, collect, main

OTHERS = [code for code in LANGUAGES if code != "en"]


def translations(code: str) -> dict[str, str]:
    with catalogue_path(code).open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}


@pytest.mark.parametrize("code", OTHERS)
def test_no_sentence_is_untranslated(code: str) -> None:
    known = translations(code)
    assert [sentence for sentence in collect() if not known.get(sentence)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_uses_the_same_values(code: str) -> None:
    wrong = {
        sentence: translation
        for sentence, translation in translations(code).items()
        if set(re.findall(r"{(\w+)", sentence)) != set(re.findall(r"{(\w+)", translation))
    }
    assert wrong == {}


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_left_over(code: str) -> None:
    assert set(translations(code)) - set(collect()) == set()


def test_the_collector_finds_a_new_sentence(tmp_path, monkeypatch) -> None:
    import tests.messages as messages

    source = tmp_path / "ecom" / "new.py"
    source.parent.mkdir()
    source.write_text('message("A sentence of {count} words.", count=5)')
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "sources", lambda: [source])
    assert collect() == {"A sentence of {count} words.": "ecom/new.py"}
    main()
    assert "A sentence of {count} words." in translations("zh_CN")
