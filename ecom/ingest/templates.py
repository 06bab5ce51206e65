"""Empty files to fill in, for data that no platform exports."""

from __future__ import annotations

import csv
from pathlib import Path

from ecom.ingest.recognition.layout import layouts


def write_templates(folder: Path) -> list[Path]:
    """Write one csv for each of our own layouts: its header and one example row.

    Parameters
    ----------
    folder : Path
        Made if it is not there; files of the same names are replaced.

    Returns
    -------
    list of Path
        The files, by name; UTF-8 with a mark, so that Excel opens them right.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for layout in layouts():
        if layout.template:
            path = folder / f"{layout.layout_id}.csv"
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(layout.reference)
                writer.writerow(layout.example)
            written.append(path)
    return written
