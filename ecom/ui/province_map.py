"""The map of the provinces and the bars beside it, on the traffic page."""

from __future__ import annotations

from ecom.analysis.traffic import TrafficReport
from ecom.charts import traffic as charts
from ecom.charts.province_map import SQUARES, coloured_by, province_map
from ecom.charts.province_words import SHARE
from ecom.provinces import province_of
from ecom.text import message
from ecom.ui import address, blocks, cache
from ecom.ui.frame import View

_NAME = "traffic_map"


def show(view: View, report: TrafficReport) -> None:
    """Draw the map beside the largest regions; a click on a province narrows all pages to it."""
    red = view.settings.good_is_red
    by = _coloured_by(view, report)
    filtered = bool(view.scope.regions)
    shown = province_map(report, view.language, by=by, is_filtered=filtered, good_is_red=red)
    regions = cache.offered(view.workspace, view.version).regions

    def narrow(place: int) -> None:
        _narrow(place, regions)

    click = blocks.Click(narrow, message("Click a province to see only its visitors."))
    bars = charts.regions(report, view.language)
    blocks.side_by_side(view, shown, bars, clicks={shown.key: click})


def _coloured_by(view: View, report: TrafficReport) -> str:
    """Ask what the colours mean, where there is a choice."""
    options = coloured_by(report)
    if len(options) == 1:
        return SHARE
    return address.switch(
        _NAME,
        view.say(message("Colour the map by")),
        {key: view.say(label) for key, label in options.items()},
        SHARE,
        key=f"{_NAME}.{view.language.code}",
    )


def _narrow(place: int, regions: tuple[str, ...]) -> None:
    """Filter by all names that the data has for a province.

    Parameters
    ----------
    place : of the province in ``SQUARES``.
    regions : names that the filter offers.
    """
    province = SQUARES[place].province
    names = [name for name in regions if province_of(name) == province]
    if names:
        address.keep("region", names)
        address.touch()
