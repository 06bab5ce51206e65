"""Many readers at once over real websockets, while the app imports a file; ends by itself."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.app import App, running_app
from bench.child import line
from bench.shop import copied_shop, write_day
from bench.shop_rows import Size
from bench.spread import percentile, slope
from bench.wire import Reader, loopback, reader
from ecom.inbox import hand_over
from ecom.ui.pages import PAGES

_EVERY_SECONDS = 5.0
_LOOK_SECONDS = 1.0
_DAY_EVENTS = 30_000
_SHOWN_FAULTS = 5


@dataclass(slots=True)
class Tally:
    """What all readers saw.

    Attributes
    ----------
    waits : kind of what was done -> seconds until the script had finished.
    memory : (seconds since the start, MB of the server).
    """

    waits: dict[str, list[float]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)
    live_runs: int = 0

    def add(self, kind: str, seconds: float) -> None:
        """Note one wait."""
        self.waits.setdefault(kind, []).append(seconds)


def measure(*, events: int, sessions: int, seconds: float, keep: Path | None) -> None:
    """Print waits, errors, memory, and how often the same was computed."""
    size = Size(events)
    print(
        f"{sessions} sessions, one change every {_EVERY_SECONDS:.0f} s each, {seconds:.0f} s, "
        f"{events:,} events, one import of {_DAY_EVENTS:,} events"
    )
    with (
        copied_shop(size, keep) as url,
        tempfile.TemporaryDirectory() as folder,
        running_app(url) as app,
    ):
        day = Path(folder) / "day.csv"
        write_day(day, size, _DAY_EVENTS)
        own = time.process_time()
        tally = asyncio.run(load(app, day, sessions=sessions, seconds=seconds))
        _print(app, tally, own=time.process_time() - own)


async def load(app: App, day: Path, *, sessions: int, seconds: float) -> Tally:
    """Let readers work for so long; the import is dropped after a third of it."""
    loopback(app.address)
    tally = Tally()
    started = time.monotonic()
    ends = started + seconds
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_watch_memory(app, tally, started, ends))
        tasks.create_task(_drop(app, day, seconds / 3))
        for number in range(sessions):
            tasks.create_task(_session(app, number, sessions, tally, ends))
    return tally


async def _session(app: App, number: int, sessions: int, tally: Tally, ends: float) -> None:
    """One reader: opens a page, then changes the period, the comparison or the page."""
    chance = random.Random(number)
    await asyncio.sleep(_EVERY_SECONDS * number / sessions)
    try:
        async with reader(app.address) as page:
            tally.add("open", await page.open(_another(chance)))
            while time.monotonic() < ends:
                acted = time.monotonic()
                kind = chance.choice(("page", "period", "comparison"))
                tally.add(kind, await _act(page, kind, chance))
                await asyncio.sleep(max(0.0, acted + _EVERY_SECONDS - time.monotonic()))
            tally.faults.update(page.faults)
            tally.live_runs += page.live_runs
    except (TimeoutError, OSError, KeyError) as error:
        tally.faults[f"{type(error).__name__}: {error}"] += 1


async def _act(page: Reader, kind: str, chance: random.Random) -> float:
    match kind:
        case "period":
            # The last one asks for dates.
            return await page.choose("period.en", chance.choice(page.options["period.en"][:-1]))
        case "comparison":
            return await page.choose("vs.en", chance.choice(page.options["vs.en"]))
        case _:
            return await page.go(_another(chance))


def _another(chance: random.Random) -> str:
    return chance.choice([page.key for page in PAGES if page.has_filters])


async def _drop(app: App, day: Path, after: float) -> None:
    await asyncio.sleep(after)
    await asyncio.to_thread(hand_over, [day], app.inbox)


async def _watch_memory(app: App, tally: Tally, started: float, ends: float) -> None:
    while time.monotonic() < ends:
        tally.memory.append((time.monotonic() - started, app.memory_mb()))
        await asyncio.sleep(_LOOK_SECONDS)


def _print(app: App, tally: Tally, *, own: float) -> None:
    every = [wait for kind, waits in tally.waits.items() if kind != "open" for wait in waits]
    print(f"{'':20} {'count':>6} {'p50':>7} {'p95':>7} {'p99':>7} {'worst':>7}  s")
    for kind, waits in {**tally.waits, **({"all but open": every} if every else {})}.items():
        shown = " ".join(f"{percentile(waits, share):7.2f}" for share in (0.5, 0.95, 0.99, 1.0))
        print(f"{kind:20} {len(waits):6} {shown}")
    imported = app.inbox / "done" / "day.csv"
    tracebacks = app.tracebacks()
    line("errors shown (to reach: 0)", sum(tally.faults.values()), 0)
    line("errors in the log (to reach: 0)", len(tracebacks), 0)
    for fault, count in Counter((*tally.faults.elements(), *tracebacks)).most_common(_SHOWN_FAULTS):
        print(f"{count} x {fault}")
    print(f"import done: {'yes' if imported.exists() else 'NO'}")
    half = tally.memory[len(tally.memory) // 2 :]
    line("memory at start, MB", tally.memory[0][1], 0)
    line("peak, MB (to reach: 2,000)", max(value for _, value in tally.memory), 0)
    growth = 60 * slope([moment for moment, _ in half], [value for _, value in half])
    line("growth over the second half, MB a minute", growth, 1)
    computed = app.computed()
    line("answers asked for", app.asked(), 0)
    line("of them computed", computed.total(), 0)
    line("the same one computed again (to reach: 0)", computed.total() - len(computed), 0)
    line("reruns of open pages after the import", tally.live_runs, 0)
    changes = sum(map(len, tally.waits.values()))
    line("CPU seconds of the app for each change, all in", app.cpu_seconds() / max(1, changes))
    line("CPU seconds of this program for each", own / max(1, changes))
