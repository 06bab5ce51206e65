"""A report as JSON, CSV and workbook: all values, no formulas, no missing number made up."""

from __future__ import annotations

import io
import json
import math
import zipfile
from dataclasses import dataclass
from datetime import date

import openpyxl
import pandas as pd
import pytest

from ecom.analysis.base import Column, Gap, Header, Kpi, Report, Table, words
from ecom.export.jsonable import to_jsonable
from ecom.export.tabular import report_csvs, table_csv
from ecom.export.words import harmless
from ecom.export.workbook import workbook
from ecom.i18n import Language
from ecom.model import Amount, Delta, Grain, Notice, Period, Scope, Unit
from ecom.text import message

ENGLISH = Language("en")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class SmallReport(Report):
    channels: Table


@pytest.fixture
def report() -> SmallReport:
    frame = pd.DataFrame(
        {
            "channel": ["Direct", '=HYPERLINK("http://evil")'],
            "verdict": pd.Series([message("hold"), None], dtype="object"),
            "gmv": [1234.5, math.nan],
            "share": [0.25, 0.75],
            "change": [0.021, -0.005],
        }
    )
    return SmallReport(
        header=Header(
            period=Period(date(2026, 3, 1), date(2026, 3, 30)),
            base=None,
            requested=Period(date(2026, 3, 1), date(2026, 3, 31)),
            currency="CNY",
            shops=("shop",),
            store_version=7,
            last_day=date(2026, 3, 30),
        ),
        headline=message("GMV was {amount}.", amount=Amount(1234.5, Unit.MONEY, "CNY")),
        kpis=(Kpi("gmv", Delta(1234.5, None)), Kpi("refund_rate", Delta(None, None))),
        gaps=(Gap(message("Ad spend"), ("own_ads",)),),
        notices=(Notice(message("Only one shop.")),),
        channels=Table.make(
            frame,
            Column("channel", message("Channel")),
            Column("verdict", message("Verdict")),
            Column.of("gmv"),
            Column("share", message("Share"), Unit.RATIO),
            Column("change", message("Change"), Unit.POINTS),
        ),
    )


def test_a_report_becomes_plain_json(report: SmallReport) -> None:
    answer = json.loads(json.dumps(to_jsonable(report), allow_nan=False))
    assert answer["header"]["period"] == {"start": "2026-03-01", "end": "2026-03-30"}
    assert answer["headline"].startswith("GMV was ")
    assert answer["kpis"][0]["delta"] == {"value": 1234.5, "base": None}
    assert answer["channels"]["columns"] == ["channel", "verdict", "gmv", "share", "change"]
    assert answer["channels"]["rows"][0] == ["Direct", "hold", 1234.5, 0.25, 0.021]
    assert answer["channels"]["rows"][1][2] is None


def test_csv_opens_right_in_excel_and_runs_nothing(report: SmallReport) -> None:
    content = table_csv(report.channels, ENGLISH, currency="CNY")
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Channel,Verdict,GMV (CNY),Share,Change"
    assert lines[1] == "Direct,hold,1234.5,0.25,0.021"
    assert lines[2] == '"\'=HYPERLINK(""http://evil"")",,,0.75,-0.005'


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "＝1"])
def test_text_that_looks_like_a_formula_is_disarmed(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["a=b", "台灯 L12", -1.5, None, ""])
def test_other_cells_stay_as_they_are(cell: object) -> None:
    assert harmless(cell) == cell


def test_the_zip_holds_every_table(report: SmallReport) -> None:
    with zipfile.ZipFile(io.BytesIO(report_csvs(report, ENGLISH))) as archive:
        assert archive.namelist() == ["channels.csv"]


def test_the_workbook_says_what_it_is_about_and_holds_numbers(report: SmallReport) -> None:
    scope = Scope(channels=("Direct", "Email"))
    content = workbook(report, scope, ENGLISH, title=message("Overview"))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["About", "Key figures", "channels"]
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True) if row[0]}
    assert about["Channels"] == "Direct, Email"
    assert about["Period"] == "1 Mar – 30 Mar 2026"
    assert about["Compared with"] == "–"
    figures = list(book["Key figures"].iter_rows(values_only=True))
    assert figures[1][:3] == ("GMV", 1234.5, None)
    cells = list(book["channels"].iter_rows())
    assert cells[1][2].value == 1234.5
    assert cells[1][3].number_format == "0.0%"
    assert cells[1][4].value == pytest.approx(2.1)
    assert cells[1][4].number_format.startswith('+0.00" pp"')
    assert cells[2][0].data_type == "s"
    assert cells[2][0].value.startswith("'=")


def test_exports_name_terms_and_months_as_the_screen_does() -> None:
    frame = pd.DataFrame({"channel": ["Direct"], "month": words([date(2026, 11, 1)])})
    table = Table.make(
        frame,
        Column("channel", message("Channel"), terms=True),
        Column("month", message("Month"), grain=Grain.MONTH),
    )
    assert table_csv(table, Language("zh_CN")).decode("utf-8-sig").splitlines()[1] == (
        "直接访问,2026-11"
    )
