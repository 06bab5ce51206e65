"""One small seller for all tests of the demo, read back as a stranger would: csv and pandas."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import fastexcel
import pandas as pd
import pytest

from ecom.demo import DemoExports, generate

END = date(2026, 11, 22)


@dataclass(frozen=True)
class Written:
    """The files of a demo by layout, as frames of text."""

    folder: Path
    exports: DemoExports

    def read(self, shop_id: str, layout_id: str) -> pd.DataFrame:
        """All files of one layout of one shop, below each other."""
        files = [
            file.path
            for file in self.exports.files
            if file.shop.shop_id == shop_id and file.layout_id == layout_id
        ]
        assert files, f"no {layout_id} of {shop_id}"
        return pd.concat([_read(path, layout_id) for path in files], ignore_index=True)


# Lines above the header.
_PREAMBLES = {"sycm_item_all": 4, "google_ads_campaign": 2, "google_ads_search_terms": 2}


def _read(path: Path, layout_id: str) -> pd.DataFrame:
    skip = {"sycm_item_all": 4, "google_ads_campaign": 2, "google_ads_search_terms": 2}.get(
        layout_id, 0
    )
    if path.suffix == ".xlsx":
        page = fastexcel.read_excel(path).load_sheet(0, header_row=skip, dtypes="string")
        return page.to_pandas().fillna("")
    raw = path.read_bytes()
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = raw.decode("gb18030")
    frame = pd.read_csv(io.StringIO(content), dtype=str, skiprows=skip, keep_default_na=False)
    return frame.apply(lambda column: column.str.replace(r'^="(.*)"$|\t$', r"\1", regex=True))


def number(column: pd.Series) -> pd.Series:
    """Text such as ``1,234.50`` or empty as numbers."""
    return pd.to_numeric(column.str.replace(",", "").replace({"": "0", "-": "0"}))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Two years of a seller at a fifth of the usual size."""
    folder = tmp_path_factory.mktemp("demo")
    return Written(folder, generate(folder, end=END, scale=0.2))


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The same seller, with nothing going wrong."""
    folder = tmp_path_factory.mktemp("calm")
    return Written(folder, generate(folder, end=END, scale=0.2, anomalies=False))
