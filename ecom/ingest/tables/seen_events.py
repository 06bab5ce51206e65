"""One row for each event of a log that is read in blocks."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ecom.ingest.cells.columns import column_of
from ecom.ingest.findings import finding_at
from ecom.ingest.tables.event_ids import content_hashes
from ecom.ingest.tables.mapping import SOURCE_ROW
from ecom.ingest.tables.seen import SeenHashes
from ecom.store.staging import Finding

_KEY = ["shop_id", "event_id"]


class SeenEvents:
    """What the earlier blocks held.

    As in a file that is read as a whole: exact repeats count once, and of rows with the same id the
    last stands. Rows are known by 64-bit hashes of their key and of their content.

    Attributes
    ----------
    hashes : of events without an id of their own.
    """

    def __init__(self) -> None:
        self.hashes = SeenHashes()
        self._keys = np.zeros(0, dtype=np.uint64)  # sorted, each once
        self._contents = np.zeros(0, dtype=np.uint64)
        self._rows = np.zeros(0, dtype=np.int32)
        self._lost: list[pa.Table] = []
        self._replaced: list[np.ndarray] = []

    def newest(self, events: pa.Table) -> pa.Table:
        """The rows that stand in this block; remembers which earlier ones they replace."""
        keys = content_hashes(events.select([name for name in _KEY if name in events.column_names]))
        contents = content_hashes(events.drop_columns([SOURCE_ROW]))
        rows = column_of(events, SOURCE_ROW).to_numpy()
        distinct, place = np.unique(keys[::-1], return_index=True)
        last = len(keys) - 1 - place
        stands = np.zeros(len(keys), dtype=bool)
        stands[last] = True
        ids = column_of(events, "event_id")
        if len(distinct) < len(keys):
            gone = pa.array(~stands)
            self._lose(keys[~stands], contents[~stands], rows[~stands], ids.filter(gone))
        where = np.searchsorted(self._keys, distinct)
        known = np.flatnonzero(
            self._keys[np.minimum(where, len(self._keys) - 1)] == distinct
            if len(self._keys)
            else np.zeros(len(distinct), dtype=bool)
        )
        if len(known):
            old = where[known]
            self._replaced.append(self._rows[old])
            self._lose(
                distinct[known],
                self._contents[old],
                self._rows[old],
                ids.take(pa.array(last[known])),
            )
            self._contents[old], self._rows[old] = contents[last[known]], rows[last[known]]
        fresh = np.setdiff1d(np.arange(len(distinct)), known, assume_unique=True)
        self._take_in(distinct[fresh], contents[last[fresh]], rows[last[fresh]], where[fresh])
        return events if len(distinct) == len(keys) else events.filter(pa.array(stands))

    def replaced_rows(self) -> np.ndarray:
        """Source rows given out by ``newest`` that a later block has replaced."""
        return np.concatenate([np.zeros(0, dtype=np.int32), *self._replaced])

    def account(self) -> tuple[int, int, tuple[Finding, ...]]:
        """Rows that repeated a later one exactly, rows that clashed with one, and the remark."""
        if not self._lost:
            return 0, 0, ()
        lost = pa.concat_tables(self._lost).sort_by(SOURCE_ROW).combine_chunks()
        place = np.searchsorted(self._keys, column_of(lost, "key").to_numpy())
        clash = column_of(lost, "content").to_numpy() != self._contents[place]
        if not clash.any():
            return lost.num_rows, 0, ()
        remark = finding_at(
            "DUPLICATE_KEY",
            clash,
            column_of(lost, SOURCE_ROW).to_numpy(),
            column="event_id",
            cells=column_of(lost, "event_id"),
        )
        return int((~clash).sum()), int(clash.sum()), (remark,)

    def _lose(
        self, keys: np.ndarray, contents: np.ndarray, rows: np.ndarray, ids: pa.Array
    ) -> None:
        columns = {"key": keys, "content": contents, SOURCE_ROW: rows, "event_id": ids}
        self._lost.append(pa.table(columns))

    def _take_in(
        self, keys: np.ndarray, contents: np.ndarray, rows: np.ndarray, where: np.ndarray
    ) -> None:
        self._keys = np.insert(self._keys, where, keys)
        self._contents = np.insert(self._contents, where, contents)
        self._rows = np.insert(self._rows, where, rows)
