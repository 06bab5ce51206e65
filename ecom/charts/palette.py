"""Colours that mean something, the same on every page, readable on light and dark backgrounds.

The ten categorical hues have middle lightness and differ for colour-blind readers; good and bad
are a blue-green and a vermilion, never red and green of one lightness.
"""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

ACCENT = "#3e7bd6"  # the thing spoken of
BASE = "#9aa3b2"  # what it is compared with, and Other
MUTED = "rgba(128, 138, 153, 0.35)"  # bands, grids, context
GOOD = "#12998a"
BAD = "#d9542b"

BLUE, ORANGE, TEAL, VIOLET, ROSE = "#3e7bd6", "#e08a2e", "#17a398", "#8b6bd1", "#d65d8a"
OLIVE, SKY, BROWN, VERMILION, SLATE = "#8fa33a", "#45a5d9", "#a9795a", "#d9542b", "#6c7a92"
CATEGORICAL = (BLUE, ORANGE, TEAL, VIOLET, ROSE, OLIVE, SKY, BROWN, VERMILION, SLATE)

# Colour scales for heat maps start transparent, so they fit any background.
SEQUENTIAL = (
    (0.0, "rgba(62, 123, 214, 0.05)"),
    (0.5, "rgba(62, 123, 214, 0.50)"),
    (1.0, "rgba(62, 123, 214, 1.00)"),
)
DIVERGING = (
    (0.0, "rgba(217, 84, 43, 1.00)"),
    (0.5, "rgba(128, 138, 153, 0.10)"),
    (1.0, "rgba(62, 123, 214, 1.00)"),
)

# Cells that carry a number: opaque and light, so that one dark ink reads well on any page.
CELLS = ((0.0, "#eff4fb"), (0.5, "#bdd3f1"), (1.0, "#7ea8e2"))
CELL_INK = "#1f2733"
CELL_UNKNOWN = "#dfe3ea"
_CELL_EVEN, _CELL_GOOD, _CELL_BAD = "#f1f3f6", "#7cc7bf", "#eca58d"

# First hit wins; names are matched in lower case, anywhere in the name.
_KNOWN = (
    (("other", "其他", "unassigned", "unknown", "未知"), BASE),
    (("tmall", "taobao", "天猫", "淘宝"), VERMILION),
    (("douyin", "抖音", "tiktok"), VIOLET),
    (("own-site", "shopify", "官网", "独立站"), TEAL),
    (("jd", "京东"), ROSE),
    (("pinduoduo", "拼多多"), BROWN),
    (("paid search", "直通车", "google ads", "万相台"), ORANGE),
    (("organic search", "搜索"), TEAL),
    (("direct", "直接"), BLUE),
    (("paid social", "千川", "meta", "facebook"), VIOLET),
    (("organic social", "内容", "小红书", "weibo", "微博"), ROSE),
    (("email", "邮件", "sms", "短信", "private", "私域"), OLIVE),
    (("live", "直播"), VERMILION),
    (("recommend", "推荐", "referral"), SKY),
    (("display", "banner"), BROWN),
)


def colour_of(kind: str, name: str) -> str:
    """The fixed colour of a channel, shop or category, the same on every page and every day.

    Parameters
    ----------
    kind : "channel", "shop", "device" ...; keeps equal names of different kinds apart.
    name : an unknown name gets one of ``CATEGORICAL`` by its spelling.
    """
    lowered = name.casefold()
    for words, colour in _KNOWN:
        if any(word in lowered for word in words):
            return colour
    return CATEGORICAL[crc32(f"{kind}:{lowered}".encode()) % len(CATEGORICAL)]


def colours_of(kind: str, names: Iterable[str]) -> dict[str, str]:
    """Colours for one picture: each name's fixed colour, and the next free one where two clash."""
    chosen: dict[str, str] = {}
    for name in names:
        wanted = colour_of(kind, name)
        free = [colour for colour in CATEGORICAL if colour not in chosen.values()]
        clashes = wanted in chosen.values() and wanted != BASE and free
        chosen[name] = free[0] if clashes else wanted
    return chosen


def good_bad(good_is_red: bool = False) -> tuple[str, str]:
    """The colours of good and of bad; Chinese back offices show rises in red."""
    return (BAD, GOOD) if good_is_red else (GOOD, BAD)


def cells_around_zero(good_is_red: bool = False) -> tuple[tuple[float, str], ...]:
    """The scale of cells from a fall to a rise that is good; even in the middle."""
    good, bad = (_CELL_BAD, _CELL_GOOD) if good_is_red else (_CELL_GOOD, _CELL_BAD)
    return (0.0, bad), (0.5, _CELL_EVEN), (1.0, good)


def faded(colour: str, share: float) -> str:
    """A colour with less weight: bands, intervals, comparison lines.

    Parameters
    ----------
    colour : "#rrggbb".
    share : 0 (nothing left) to 1 (as it is).
    """
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {share:g})"
