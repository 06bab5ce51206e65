"""Every registered page in both languages, without data and with a little."""

from __future__ import annotations

import ast

import pytest

from ecom.i18n import LANGUAGES
from ecom.ui.pages import PAGES
from tests.ui.conftest import open_app, words

every_page = pytest.mark.parametrize("page", [page.key for page in PAGES])
every_language = pytest.mark.parametrize("language", LANGUAGES)
ANALYSES = [page.key for page in PAGES if page.has_filters]


@every_language
@every_page
def test_a_page_opens_on_an_empty_store(database: str, page: str, language: str) -> None:
    app = open_app(page, lang=language)
    assert not app.exception
    assert not app.error


@every_language
@every_page
def test_a_page_opens_on_a_few_orders(filled: str, page: str, language: str) -> None:
    app = open_app(page, lang=language)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", ANALYSES)
def test_an_empty_page_names_what_would_fill_it(database: str, page: str) -> None:
    assert "There is no data yet." in words(open_app(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_a_page_is_short_and_opens_the_frame_first(page) -> None:
    source = page.path.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 80
    defined = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    assert defined == []
    assert f'frame.open_page("{page.key}")' in source


def test_the_overview_shows_what_was_paid(filled: str) -> None:
    # The last 30 of 31 days, 100 CNY each.
    app = open_app("overview")
    assert next(m.value for m in app.metric if m.label == "GMV").endswith("3,000")
