"""The frame around every page: menu, language, workspace, shared filters, watching for news.

Why a page opens its own frame. Streamlit takes a folder named ``pages`` beside the entry script for
its older automatic menu, and decides so once per *process*: until somebody calls ``st.navigation``,
a deep link such as ``/traffic`` runs ``pages/traffic.py`` directly, without ``app.py`` (streamlit
PR #10276; AppTest forgets the decision before every run). A frame that lived in ``app.py`` would be
missing there. So ``app.py`` only calls ``run()``, and the first line of each page is
``frame.open_page(key)``, which does what ``app.py`` does when that was passed over.
Page paths are absolute, so they are found from either door. Pinned by
``tests/ui/test_navigation.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ecom.analysis.base import Report
from ecom.errors import EcomError
from ecom.i18n import LANGUAGES, Language
from ecom.model import Scope
from ecom.queries.scope import ResolvedScope
from ecom.settings import Settings
from ecom.text import Text, message
from ecom.ui import address, cache, collector, filters, runner
from ecom.ui.faults import show_fault
from ecom.ui.pages import BY_KEY, PAGES, PageInfo
from ecom.ui.workspace import Workspace, private_workspace, team_workspace

LIVE_SECONDS = 2  # how often an open page looks whether the store has grown
SHARED = (*filters.NAMES, "lang", "store")  # choices that stay when the page changes
_FRAMED = "frame.drawn"


@dataclass(frozen=True, slots=True)
class View:
    """What a page gets to work with; ``switches`` is the row its own choices stand in."""

    page: PageInfo
    language: Language
    workspace: Workspace
    version: int
    scope: Scope
    resolved: ResolvedScope
    switches: DeltaGenerator

    @property
    def settings(self) -> Settings:
        """The team's settings."""
        return self.resolved.settings

    @property
    def currency(self) -> str:
        """ISO code of the money shown."""
        return self.resolved.currency

    @property
    def look(self) -> str:
        """What the words, numbers and colours of an answer depend on beside the answer itself."""
        base, good_is_red = self.resolved.base, self.settings.good_is_red
        return f"{self.language.code} {self.currency} {base} {good_is_red}"

    def say(self, text: Text | str) -> str:
        """A sentence in the reader's language."""
        return self.language.say(text)

    def report(self, part: str = "", /, **options: Any) -> Any:
        """The report of the page or of a part, computed once per version, scope and options.

        A fault the reader can mend is shown instead, and the page ends there.
        """
        try:
            answer: Report = cache.report(
                self.workspace,
                self.version,
                part or self.page.key,
                self.scope,
                tuple(sorted(options.items())),
            )
        except EcomError as error:
            show_fault(self.language, error)
            st.stop()
        return answer

    def choose(
        self, key: str, label: Text, options: Mapping[str, Text], default: str, **style: Any
    ) -> str:
        """A page's own switch, kept in the URL.

        Parameters
        ----------
        key : name in the URL, unique on the page.
        options : name in the URL -> label.
        style : further options of ``st.segmented_control``.
        """
        with self.switches:
            return address.switch(
                f"{self.page.key}_{key}",
                self.say(label),
                {name: self.say(text) for name, text in options.items()},
                default,
                key=f"{self.page.key}_{key}.{self.language.code}",
                **style,
            )

    def pick(
        self, key: str, label: Text, options: Mapping[str, Text | str], default: str, **style: Any
    ) -> str:
        """A page's own select box, for more options than a row of buttons has room for.

        Parameters
        ----------
        key, options : as of ``choose``.
        style : further options of ``st.selectbox``.
        """
        with self.switches:
            return address.select(
                f"{self.page.key}_{key}",
                self.say(label),
                {name: self.say(text) for name, text in options.items()},
                default,
                key=f"{self.page.key}_{key}.{self.language.code}",
                **{"width": 160, **style},
            )


def run() -> None:
    """Start the frame and run the page asked for; all that ``app.py`` does."""
    navigate().run()


def navigate() -> Page:
    """Declare the pages and mark this run as framed; returns the page asked for."""
    address.read()
    language = _language()
    pages = {page.key: _declared(page, language, url_path=page.key) for page in PAGES}
    # Streamlit gives the default page no path of its own, so ``/overview`` would not be found;
    # the first page is declared twice, once for ``/``.
    home = _declared(PAGES[0], language, url_path="home", default=True)
    # The menu is drawn by ``_menu``: its links carry the filters, the built-in one drops them.
    current = st.navigation([home, *pages.values()], position="hidden")
    if current is home:
        pages[PAGES[0].key] = home  # so that the menu marks it
    st.session_state[_FRAMED] = pages
    return current


def open_page(key: str) -> View:
    """Draw the frame of a page: the first line of every page script.

    Parameters
    ----------
    key : the page's key in ``ecom.ui.pages``.
    """
    page = BY_KEY[key]
    if _FRAMED not in st.session_state:
        current = navigate()
        if current.url_path == page.key and _entry_was_passed_over(page):
            # Once more as ``app.py`` would: widgets are known by the page that was *run*, and
            # would lose what is put into them if the next run had another idea of the page.
            current.run()
            st.stop()
    links: dict[str, Page] = st.session_state.pop(_FRAMED)
    language = _language()
    st.set_page_config(page_title=language.say(page.title), layout="wide")
    workspace = _open_workspace(language)
    collector.spare()
    runner.finish_before_looking()
    version = workspace.store.version
    with st.sidebar:
        _menu(links, language)
        scope = filters.draw(workspace, version, language) if page.has_filters else Scope()
        _switches(language)
    address.write(*SHARED, prefix=f"{key}_")
    _watch(workspace, version)
    _head(page, workspace, language)
    return View(
        page=page,
        language=language,
        workspace=workspace,
        version=version,
        scope=scope,
        resolved=cache.resolved(workspace, version, scope),
        switches=st.container(horizontal=True, gap="medium"),
    )


def _entry_was_passed_over(page: PageInfo) -> bool:
    """Whether Streamlit ran the page in place of ``app.py``, not as an app of its own."""
    context = get_script_run_ctx()
    return context is not None and Path(context.main_script_path).resolve() != page.path


def _declared(page: PageInfo, language: Language, *, url_path: str, default: bool = False) -> Page:
    # A copy, since Streamlit notes on it whether this run may run it.
    return copy(_found(page, language, url_path, default))


@lru_cache
def _found(page: PageInfo, language: Language, url_path: str, default: bool) -> Page:
    # Once, since Streamlit looks on the disk for each.
    # No icon here: Streamlit would fetch it from Google as the tab's picture.
    return st.Page(page.path, title=language.say(page.title), url_path=url_path, default=default)


def _language() -> Language:
    return Language(address.one_of("lang", LANGUAGES, Language.best(st.context.locale).code))


def _menu(links: Mapping[str, Page], language: Language) -> None:
    shared = [(name, value) for name in SHARED for value in address.chosen(name)]
    for section, pages in groupby(PAGES, key=lambda page: page.section):
        st.caption(language.say(section))
        with st.container(gap="xxsmall"):
            for page in pages:
                st.page_link(
                    links[page.key],
                    icon=page.icon,
                    help=language.say(page.question),
                    width="stretch",
                    query_params=shared,
                )


def _open_workspace(language: Language) -> Workspace:
    try:
        wants_private = address.one_of("store", ("team", "private"), "team") == "private"
        return private_workspace() if wants_private else team_workspace()
    except EcomError as error:
        show_fault(language, error)
        st.stop()


def _switches(language: Language) -> None:
    address.select(
        "store",
        language.say(message("Workspace")),
        {
            "team": language.say(message("Team, shared")),
            "private": language.say(message("Private, only in this browser tab")),
        },
        "team",
        key=f"store.{language.code}",
        help=language.say(
            message(
                "In a private workspace files stay in memory and are gone when the tab is closed; "
                "nothing is written to the team's data."
            )
        ),
    )
    address.switch(
        "lang",
        language.say(message("Language")),
        LANGUAGES,
        Language.best(st.context.locale).code,
        key="lang",
        label_visibility="collapsed",
    )


def _head(page: PageInfo, workspace: Workspace, language: Language) -> None:
    st.title(language.say(page.title), anchor=False)
    if workspace.is_private:
        st.info(
            language.say(
                message(
                    "Private workspace: what you load here stays in this browser tab and is gone "
                    "when you close it. The team's data is not shown and not changed."
                )
            ),
            icon=":material/lock:",
        )


@st.fragment(run_every=LIVE_SECONDS)
def _watch(workspace: Workspace, drawn: int) -> None:
    """Draw the page anew, filters kept, once the store has grown."""
    if cache.recent_version(workspace) > drawn:
        st.rerun(scope="app")
