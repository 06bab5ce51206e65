"""Event logs too large to be held: cleaned block by block while the store takes them in."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.ahead import ahead
from ecom.ingest.checks.rows import checked_rows
from ecom.ingest.files.raw import RawTable
from ecom.ingest.findings import added_up, finding
from ecom.ingest.recognition.layout import HELPER, Layout
from ecom.ingest.tables.assemble import Assembled, Surroundings, assemble
from ecom.ingest.tables.mapping import Mapped, Reading, map_columns
from ecom.ingest.tables.seen_events import SeenEvents
from ecom.model import Period
from ecom.progress import Watch
from ecom.store.staging import Finding, Shop, Staged
from ecom.text import message

Blocks = Callable[[Callable[[float], None]], Generator[RawTable]]
_DAY = "event_date"


def can_be_streamed(layout: Layout) -> bool:
    """Whether each row of an export stands for itself: an event log and nothing but that."""
    apart = not (layout.merge or layout.group or layout.roll_up)
    owners = {rule.target.partition(".")[0] for rule in layout.rules}
    return layout.grain == "events" and apart and owners <= {"events", HELPER}


@dataclass(frozen=True, slots=True)
class Stream:
    """The rest of what is needed to clean a table whose head is known.

    Attributes
    ----------
    blocks : reads the file anew, telling the share that was read.
    head : what the first rows came to.
    shop : as it was known before the file was read.
    about_file : remarks that were made once for the whole file.
    """

    blocks: Blocks
    head: Staged
    shop: Shop
    about_file: tuple[Finding, ...]
    layout: Layout
    reading: Reading
    around: Surroundings

    def parts(self, watch: Watch) -> Generator[Mapping[str, pa.Table], None, Staged]:
        """Clean the file, block by block; see ``ecom.store.staging.Parts``.

        Reading is a block ahead of cleaning and cleaning a block ahead of whoever uses the parts,
        so both cores work.
        """
        tally = _Tally()
        seen = SeenEvents()
        name = self.head.file_name
        for share, tables in ahead(self._cleaned(tally, seen)):
            watch.tell(share, message("Reading, checking and storing {file}", file=name))
            yield tables
        return tally.total(self, seen)

    def _cleaned(
        self, tally: _Tally, seen: SeenEvents
    ) -> Generator[tuple[float, Mapping[str, pa.Table]]]:
        around = replace(self.around, seen=seen)
        for share, raw in ahead(self._read()):
            mapped = checked_rows(
                map_columns(raw, self.layout, self.reading), self.layout, self.shop.currency
            )
            assembled = assemble(mapped.table, self.layout, around)
            tally.add(raw, mapped, assembled)
            yield share, assembled.tables

    def _read(self) -> Generator[tuple[float, RawTable]]:
        shares = [0.0]
        with closing(self.blocks(shares.append)) as blocks:
            for raw in blocks:
                yield shares[-1], raw


@dataclass(slots=True)
class _Tally:
    """Adds up over blocks what a file in memory tells at once."""

    rows_read: int = 0
    rows_rejected: int = 0
    rows_totals: int = 0
    findings: list[Finding] = field(default_factory=list)
    currencies: set[str] = field(default_factory=set)
    period: Period | None = None

    def add(self, raw: RawTable, mapped: Mapped, assembled: Assembled) -> None:
        """Take a block in."""
        self.rows_read += raw.rows_read
        self.rows_rejected += raw.rows_rejected + mapped.rows_rejected + assembled.rows_rejected
        self.rows_totals += raw.rows_totals + mapped.rows_totals
        new = (*raw.findings, *mapped.findings, *assembled.findings)
        self.findings = list(added_up((*self.findings, *new)))
        events = assembled.tables["events"]
        if "currency" in events.column_names:
            self.currencies.update(pc.unique(events["currency"].drop_null()).to_pylist())
        if events.num_rows:
            days = pc.min_max(events[_DAY]).as_py()
            known = self.period or Period(days["min"], days["max"])
            self.period = Period(min(known.start, days["min"]), max(known.end, days["max"]))

    def total(self, stream: Stream, seen: SeenEvents) -> Staged:
        """The whole file, without its rows."""
        head = stream.head
        repeated, clashed, remarks = seen.account()
        shop = stream.shop
        if not shop.currency and len(self.currencies) == 1:
            shop = replace(shop, currency=next(iter(self.currencies)))
        if repeated:
            remarks = (*remarks, finding("REPEATED_ROWS", occurrences=repeated))
        return replace(
            head,
            shop=shop,
            tables={name: table.slice(0, 0) for name, table in head.tables.items()},
            rows_read=self.rows_read,
            rows_rejected=self.rows_rejected + clashed,
            rows_totals=self.rows_totals,
            rows_repeated=repeated,
            findings=added_up((*stream.about_file, *self.findings, *remarks)),
            period_start=self.period.start if self.period else None,
            period_end=self.period.end if self.period else None,
            parts=None,
            replaced_rows=pa.array(seen.replaced_rows(), pa.int32()),
        )
