"""Write the whole demo into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ecom.demo.shops import DOUYIN, SITE, TMALL
from ecom.demo.timeline import Timeline
from ecom.demo.truth import Truth
from ecom.demo.world import World, simulate
from ecom.demo.write import DemoFile
from ecom.demo.write_company import write_company
from ecom.demo.write_content import write_content
from ecom.demo.write_customers import write_customers
from ecom.demo.write_douyin import write_douyin
from ecom.demo.write_service import write_service
from ecom.demo.write_site import write_site
from ecom.demo.write_site_ads import write_site_ads
from ecom.demo.write_sycm import write_sycm
from ecom.demo.write_tmall import write_tmall
from ecom.errors import InvalidParameter
from ecom.text import Text, message

MIN_DAYS = 28
Progress = Callable[[float, Text], None]


@dataclass(frozen=True, slots=True)
class DemoExports:
    """What was written, in a good order to load, and what is planted in it."""

    files: tuple[DemoFile, ...]
    truth: Truth


def generate(
    folder: Path,
    *,
    end: date,
    seed: int = 618,
    days: int = 730,
    scale: float = 1.0,
    anomalies: bool = True,
    progress: Progress | None = None,
) -> DemoExports:
    """Make up a seller with three shops and write the exports its platforms would give.

    The same ``end``, ``seed``, ``days`` and ``scale`` give the same files, byte for byte.

    Parameters
    ----------
    folder : where to write; made when absent. Files go into one folder a shop, plus ``company``,
        beside ``truth.json``.
    end : last day with data, local to Shanghai.
    days : length of the history, 28 or more.
    scale : size of the seller; at 1.0 about 95,000 orders in two years.
    anomalies : whether things go wrong in the last weeks, as ``Truth.anomalies`` says.
    progress : told the share done, 0..1, and what is being made.

    Returns
    -------
    DemoExports

    Raises
    ------
    InvalidParameter
        When ``days`` or ``scale`` is too small.
    """
    if days < MIN_DAYS:
        raise InvalidParameter(
            message("A demo of {days} days is too short.", days=days),
            message("Use {least} days or more.", least=MIN_DAYS),
        )
    if not 0 < scale <= 20:
        raise InvalidParameter(
            message("A demo can't have the scale {scale}.", scale=scale),
            message("Use a number above 0, up to 20; 1 is the usual size."),
        )
    tell = progress or _say_nothing
    tell(0.0, message("Simulating three shops"))
    world = simulate(Timeline(end, days, seed, scale), anomalies=anomalies)
    folder.mkdir(parents=True, exist_ok=True)
    files: list[DemoFile] = []
    for done, what, written in _jobs(folder, world):
        tell(done, what)
        files.extend(written)
    world.truth.write(folder / "truth.json")
    tell(1.0, message("The demo files are ready"))
    return DemoExports(tuple(files), world.truth)


def _jobs(folder: Path, world: World) -> Iterator[tuple[float, Text, Iterator[DemoFile]]]:
    """What to write, with the share of the time gone before it."""
    tmall, site = folder / TMALL.shop_id, folder / SITE.shop_id
    yield 0.05, message("Writing the company's own files"), write_company(folder, world)
    yield 0.09, message("Writing content, messages and groups"), write_content(folder, world)
    yield 0.095, message("Writing customer service"), write_service(folder, world)
    yield 0.10, message("Writing Tmall orders and ads"), write_tmall(tmall, world)
    yield 0.25, message("Writing Tmall traffic"), write_sycm(tmall, world)
    yield 0.70, message("Writing Douyin"), write_douyin(folder / DOUYIN.shop_id, world)
    yield 0.75, message("Writing the own site"), write_site(site, world)
    yield 0.97, message("Writing the own site's customers"), write_customers(site, world)
    yield 0.98, message("Writing the own site's ads"), write_site_ads(site, world)


def _say_nothing(_done: float, _what: Text) -> None:
    """Nobody listens."""
