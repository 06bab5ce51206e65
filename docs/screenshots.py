"""Draw the pictures of README and docs: ``python -m docs.screenshots``.

The app runs on a demo shop of its own with fixed dates: a picture changes only when the app does.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ecom.demo.load import load_demo
from ecom.store import open_store
from ecom.ui.pages import PAGES

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(__file__).with_name("screenshots")
SAMPLE = ROOT / "data" / "samples" / "own-site" / "orders_export_2026H2.csv"
LAST_DAY = date(2026, 11, 22)
COLOURS = 256  # a third of the size, and no colour is off by more than the eye sees
WAIT_MS = 90_000
STILL_MS = 1_000
LOOKS_ALIKE = 4  # charts and tables are drawn after the script has run, some of them late


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: which page and part of it, how wide, which colours, which language."""

    page: str
    part: str = ""
    width: int = 1440
    height: int = 1080
    scheme: str = "light"
    language: str = "en"

    @property
    def name(self) -> str:
        """File name without its ending."""
        size = "-phone" if self.width < 600 else "-wide" if self.width > 1440 else ""
        place = f"{self.page}-{self.part}" if self.part else self.page
        return f"{place}{size}-{self.scheme}-{self.language[:2]}"


TRAFFIC = ("hours", "quality", "drilldown", "changes", "keywords", "content", "paths")
FUNNEL = ("step_segments", "own_funnel", "leaks", "carts", "products", "service", "experiments")
SHOTS = (
    *(Shot(page.key) for page in PAGES),
    *(Shot("traffic", part) for part in TRAFFIC),
    Shot("traffic", "quality", scheme="dark", language="zh_CN"),
    Shot("traffic", "changes", width=390, height=1240, language="zh_CN"),
    *(Shot("funnel", part) for part in FUNNEL),
    Shot("funnel", "leaks", width=1920, scheme="dark", language="zh_CN"),
    Shot("funnel", "carts", scheme="dark", language="zh_CN"),
    Shot("funnel", "own_funnel", width=390, height=1240, language="zh_CN"),
    Shot("overview", scheme="dark", language="zh_CN"),
    Shot("overview", width=390, height=1240, language="zh_CN"),
    Shot("retention", scheme="dark"),
    *(Shot("data", part) for part in ("coverage", "checks", "skus", "history", "sources")),
    Shot("data", "coverage", scheme="dark", language="zh_CN"),
    Shot("data", width=390, height=1240, language="zh_CN"),
)


def main() -> None:
    """Make the demo shop, run the app on it, take every picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"duckdb:///{folder}/demo.duckdb"
        with open_store(url) as store:
            load_demo(store, Path(folder) / "exports", end=LAST_DAY)
        with _app(url, Path(folder)) as address, _chromium() as browser:
            for shot in SHOTS:
                target = FOLDER / f"{shot.name}.png"
                target.write_bytes(_smaller(_taken(browser, address, shot)))
                print(f"{target.stat().st_size // 1000:4} kB  {target.relative_to(ROOT)}")


def _taken(browser: Browser, address: str, shot: Shot) -> bytes:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        locale="en-GB",
    )
    page = context.new_page()
    part = f"&{shot.page}_part={shot.part}" if shot.part else ""
    page.goto(f"{address}/{shot.page}?lang={shot.language}{part}")
    _settled(page)
    if shot.page == "data" and not shot.part:
        page.locator('input[type="file"]').set_input_files(SAMPLE)
        expect(page.get_by_test_id("stMain")).to_contain_text(SAMPLE.name, timeout=WAIT_MS)
        _settled(page)
    picture = _still(page)
    context.close()
    return picture


def _settled(page: Page) -> None:
    """Wait until the script behind the page has run without a fault."""
    expect(page.get_by_test_id("stMain").locator("h1").first).to_be_visible(timeout=WAIT_MS)
    page.wait_for_function(
        "() => document.querySelector('[data-testid=\"stApp\"]')"
        "?.getAttribute('data-test-script-state') === 'notRunning'",
        timeout=WAIT_MS,
    )
    expect(page.get_by_test_id("stException")).to_have_count(0)


def _still(page: Page) -> bytes:
    """The picture once it has stopped changing."""
    picture, alike = page.screenshot(), 1
    while alike < LOOKS_ALIKE:
        page.wait_for_timeout(STILL_MS)
        next_picture = page.screenshot()
        alike = alike + 1 if next_picture == picture else 1
        picture = next_picture
    return picture


def _smaller(picture: bytes) -> bytes:
    target = io.BytesIO()
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    few = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(target, "PNG", optimize=True)
    return target.getvalue()


@contextmanager
def _app(url: str, folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT,
        env={**os.environ, "ECOM_DATABASE_URL": url, "ECOM_INBOX": str(folder / "inbox")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _until_healthy(address)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _until_healthy(address: str) -> None:
    deadline = time.monotonic() + WAIT_MS / 1000
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    sys.exit("The app did not start; try `python -m streamlit run app.py`.")


@contextmanager
def _chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        sys.exit("Chromium is needed (Debian: apt-get install chromium fonts-noto-cjk).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


if __name__ == "__main__":
    main()
