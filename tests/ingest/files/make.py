"""The same two orders in every container, and containers made by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

HEADER = "order_id created_at paid_at status customer_id paid_amount refunded_amount".split()
DAY = "2026-01-02 10:00:00"
ROWS = [["1", DAY, DAY, "paid", "c1", "5.50", "0"], ["2", DAY, DAY, "paid", "c2", "7.25", "1"]]
LINES = [HEADER, *ROWS]
PAID = {"1": Decimal("5.5"), "2": Decimal("7.25")}

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def text(lines: Sequence[Sequence[str]] = LINES, mark: str = ",") -> str:
    return "".join(mark.join(line) + "\n" for line in lines)


def paid(rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    return {row["order_id"]: row["paid_amount"] for row in rows}


def zipped(files: Mapping[str, bytes | str], *, stored: Sequence[str] = ()) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=kind)
    return target.getvalue()


def xlsx(sheet_data: str, *, after: str = "", before: str = "", **more: bytes | str) -> bytes:
    """A workbook of one sheet from its rows' XML; ``more`` are further parts (shared_strings)."""
    files: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"/>',
        "_rels/.rels": f'<Relationships xmlns="{_RELS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{_MAIN}"><sheetData>'
        f"{sheet_data}</sheetData>{after}</worksheet>",
    }
    if "shared_strings" in more:
        files["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{more["shared_strings"]!s}</sst>'
    return zipped(files)


def cell(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


def ods(rows: str, *, declarations: str = "") -> bytes:
    """An OpenDocument workbook of one sheet from its rows' XML."""
    names = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text"))
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" manifest:media-type='
            '"application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
            "content.xml": f'<?xml version="1.0"?>{declarations}<office:document-content {names}>'
            f'<office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        },
        stored=["mimetype"],
    )


def html(lines: Sequence[Sequence[str]] = LINES) -> str:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines)
    return f"<html><body><table>{rows}</table></body></html>"


def spreadsheet_xml(lines: Sequence[Sequence[str]] = LINES, *, declarations: str = "") -> str:
    rows = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in line)
        + "</Row>"
        for line in lines
    )
    return (
        f'<?xml version="1.0"?>{declarations}<?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Orders"><Table>{rows}</Table></Worksheet></Workbook>'
    )
