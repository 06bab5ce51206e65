"""The small sample set that is committed with the code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ecom.demo.generate import DemoExports, generate

SAMPLES_END = date(2026, 10, 31)
DAYS, SCALE = 35, 0.06


def write_samples(folder: Path, *, end: date = SAMPLES_END, seed: int = 618) -> DemoExports:
    """Write five weeks of a small seller, every kind of export once, with a README.

    Returns
    -------
    DemoExports
        As ``generate`` gives; each file is below 400 kB.
    """
    exports = generate(folder, end=end, seed=seed, days=DAYS, scale=SCALE)
    readme = "\n".join(_readme(folder, exports)) + "\n"
    (folder / "README.md").write_text(readme, encoding="utf-8")
    return exports


def _readme(folder: Path, exports: DemoExports) -> Iterator[str]:
    truth = exports.truth
    yield "# Sample exports"
    yield ""
    yield (
        f"Five weeks, {truth.start} to {truth.end}, of a made-up seller with three shops. "
        "Provenance of every file: synthetic, made by this project with `ecom.demo.write_samples` "
        f"(seed {truth.seed}). No row describes a real person, shop or order; names, addresses, "
        "phones and e-mails are placeholders. `truth.json` says what is planted in the numbers."
    )
    yield ""
    yield "| file | shop | platform | layout | fills |"
    yield "|---|---|---|---|---|"
    for file in exports.files:
        path = file.path.relative_to(folder).as_posix()
        platform = file.shop.platform or "company-wide"
        yield (
            f"| `{path}` | {file.shop.shop_id} | {platform} | `{file.layout_id}` "
            f"| {file.description} |"
        )
