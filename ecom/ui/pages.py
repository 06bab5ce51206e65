"""The pages, as data: the menu, the tests and the screenshots all read this list."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ecom.text import Text, message

_FOLDER = Path(__file__).resolve().parents[2] / "pages"

ANALYSIS = message("Analysis")
MANAGE = message("Manage")


@dataclass(frozen=True, slots=True)
class PageInfo:
    """One page of the menu.

    Attributes
    ----------
    key : file name, URL path and, for analyses, the report's name.
    question : what the page answers, in the reader's words.
    has_filters : whether the shared filters apply.
    parts : reports besides the page's own, each asked for when its part of the page is opened.
    """

    key: str
    title: Text
    icon: str
    section: Text
    question: Text
    has_filters: bool = True
    parts: tuple[str, ...] = ()

    @property
    def reports(self) -> tuple[str, ...]:
        """All reports that the page shows."""
        return (self.key, *self.parts) if self.has_filters else ()

    @property
    def path(self) -> Path:
        """The page's script; absolute, so it is found from any entry."""
        return _FOLDER / f"{self.key}.py"


PAGES: tuple[PageInfo, ...] = (
    PageInfo(
        "overview",
        message("Overview"),
        ":material/space_dashboard:",
        ANALYSIS,
        message("How is business, and what needs attention?"),
    ),
    PageInfo(
        "traffic",
        message("Traffic"),
        ":material/group:",
        ANALYSIS,
        message("Who comes, from where, and what do they bring?"),
        parts=(
            "hour_visits",
            "traffic_quality",
            "drilldown",
            "traffic_changes",
            "keywords",
            "content",
            "paths",
        ),
    ),
    PageInfo(
        "funnel",
        message("Funnel"),
        ":material/filter_alt:",
        ANALYSIS,
        message("Where do visitors drop out before they pay?"),
        parts=(
            "step_segments",
            "own_funnel",
            "leaks",
            "carts",
            "product_funnel",
            "service",
            "experiments",
        ),
    ),
    PageInfo(
        "retention",
        message("Retention"),
        ":material/repeat:",
        ANALYSIS,
        message("Do customers come back, and which ones?"),
    ),
    PageInfo(
        "inventory",
        message("Inventory"),
        ":material/inventory_2:",
        ANALYSIS,
        message("What runs out, what lies too long, what to order?"),
    ),
    PageInfo(
        "budget",
        message("Budget ROI"),
        ":material/savings:",
        ANALYSIS,
        message("Is the money well spent, and is it on plan?"),
    ),
    PageInfo(
        "data",
        message("Data"),
        ":material/upload_file:",
        MANAGE,
        message("What is loaded, and how do I add more?"),
        has_filters=False,
    ),
    PageInfo(
        "settings",
        message("Settings"),
        ":material/tune:",
        MANAGE,
        message("What have we agreed on, and what does each number mean?"),
        has_filters=False,
    ),
)

BY_KEY = {page.key: page for page in PAGES}
