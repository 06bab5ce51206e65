"""The parts of the data page, by their names in the URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ecom.text import Text, message
from ecom.ui.data import (
    coverage,
    history,
    mappings,
    reconcile,
    skus,
    sources,
    supply,
    uploads,
)
from ecom.ui.frame import View


def _add(view: View) -> None:
    supply.demo_offer(view)
    uploads.add_files(view)
    supply.other_ways(view)


TITLES: Mapping[str, Text] = {
    "add": message("Import"),
    "mappings": message("Mappings"),
    "sources": message("Databases"),
    "coverage": message("Coverage"),
    "checks": message("Reconciliation"),
    "skus": message("SKU map"),
    "history": message("History"),
}
_SHOW: Mapping[str, Callable[[View], None]] = {
    "add": _add,
    "mappings": mappings.mapping_list,
    "sources": sources.show,
    "coverage": coverage.show,
    "checks": reconcile.show,
    "skus": skus.show,
    "history": history.batch_list,
}


def show(view: View) -> None:
    """Ask for a part and show it."""
    label = message("Section")
    # On a phone the row goes on below rather than beyond the edge.
    part = view.choose("part", label, TITLES, "add", wrap=True, label_visibility="collapsed")
    _SHOW[part](view)
