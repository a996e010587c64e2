"""Workbooks (.xlsx) with real numbers and text that never becomes a formula, written as plain XML (ECMA-376, part 1).

openpyxl makes an object of every cell: 0.9 million cells of a town took it 9 s of processor, and 0.6 s as it is done here.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
ROWS = 1000  # turned into XML together
LONGEST_NAME = 31  # characters of a sheet's name, a limit of Excel
LONGEST_TEXT = 32_767  # characters of a cell
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Styles by number, in the order of `_STYLES`: plain, heading, wrapped text, text that begins like a formula, then numbers.
PLAIN, HEADING, WRAPPED, QUOTED, WHOLE, TENTHS, THOUSANDTHS = range(7)
_NO_XML = "\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff"
_FORBIDDEN, _SPECIAL = re.compile(f"[{_NO_XML}]"), re.compile(f"[&<>{_NO_XML}]")


@dataclass(frozen=True)
class Cells:
    """One column: its values as text, None where empty; `number` writes them as numbers (with a decimal point), else as text."""

    values: Sequence[str | None]
    style: int = PLAIN
    number: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet: name, headings, width of each column [characters], and the columns."""

    name: str
    headings: Sequence[str]
    widths: Sequence[int]
    columns: Sequence[Cells]


def _numbers(places: Iterable[str], values: Iterable[str | None], style: int) -> list[str]:
    """Cells of numbers, given as text with a decimal point; None is no cell."""
    return ["" if v is None else f'<c r="{at}" s="{style}"><v>{v}</v></c>' for at, v in zip(places, values, strict=True)]


def _texts(places: Iterable[str], values: Iterable[str | None], style: int = PLAIN) -> list[str]:
    """Cells of text; what begins like a formula is marked as text for good, also when somebody edits the cell."""
    out = []
    for at, v in zip(places, values, strict=True):
        if v is None or v == "":
            out.append("")
            continue
        said = escape(_FORBIDDEN.sub("", v)[:LONGEST_TEXT]) if len(v) > LONGEST_TEXT or _SPECIAL.search(v) else v
        out.append(f'<c r="{at}" s="{QUOTED if v.startswith(FORMULA) else style}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>')
    return out


def write_workbook(path: Path, names: Sequence[str], sheets: Iterable[Sheet], title: str) -> None:
    """Write a workbook; the row of headings stays in view and has a filter.

    Parameters
    ----------
    path
        The file.
    names
        Of the sheets, in order.
    sheets
        Taken one after the other, so that only one is in memory. The same sheets always give the same bytes.
    title
        Of the document.

    Raises
    ------
    ValueError
        When a sheet's name is none for Excel, or two are the same.
    """
    if len({n.lower() for n in names}) < len(names) or any(not n or len(n) > LONGEST_NAME or re.search(r"[\[\]:*?/\\]", n) for n in names):
        raise ValueError(f"sheet names {names}; expected different ones of at most {LONGEST_NAME} characters without []:*?/\\")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in _frame(names, title).items():
            file.writestr(_entry(name), text)
        for number, sheet in enumerate(sheets, 1):
            with file.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w") as part:
                for text in _sheet(sheet, selected=number == 1):
                    part.write(text.encode())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIXED_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    setattr(entry, "_compresslevel", 1)  # noqa: B010 - the public name came with Python 3.13
    return entry


def _sheet(sheet: Sheet, *, selected: bool) -> Iterator[str]:
    """The XML of a sheet, some rows at a time."""
    rows = len(sheet.columns[0].values) if sheet.columns else 0
    widths = "".join(f'<col min="{i}" max="{i}" width="{w}" customWidth="1"/>' for i, w in enumerate(sheet.widths, 1))
    last = f"{_letters(len(sheet.headings))}{rows + 1}"
    view = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>'
    shown = ' tabSelected="1"' if selected else ""
    letters = [_letters(i) for i in range(1, len(sheet.headings) + 1)]
    head = "".join(_texts([f"{y}1" for y in letters], sheet.headings, HEADING))
    yield (
        f'{HEAD}<worksheet xmlns="{MAIN}"><dimension ref="A1:{last}"/><sheetViews><sheetView workbookViewId="0"{shown}>{view}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData><row r="1" ht="45" customHeight="1">{head}</row>'
    )
    for start in range(0, rows, ROWS):
        at = range(start + 2, min(start + ROWS, rows) + 2)
        made = [(_numbers if c.number else _texts)([f"{y}{r}" for r in at], c.values[start : start + ROWS], c.style) for y, c in zip(letters, sheet.columns, strict=True)]
        yield "".join([f'<row r="{r}">{"".join(cells)}</row>' for r, cells in zip(at, zip(*made, strict=True), strict=True)])
    yield f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>'


def _letters(number: int) -> str:
    """Name of a column: 1 is A, 27 is AA."""
    out = ""
    while number:
        number, rest = divmod(number - 1, 26)
        out = chr(65 + rest) + out
    return out


def _frame(names: Sequence[str], title: str) -> dict[str, str]:
    """The parts of the package beside the sheets."""
    office, package = "application/vnd.openxmlformats-officedocument.spreadsheetml", "application/vnd.openxmlformats-package"
    kinds = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{office}.worksheet+xml"/>' for i in range(1, len(names) + 1))
    listed = "".join(f'<sheet name={quoteattr(n)} sheetId="{i}" r:id="rId{i}"/>' for i, n in enumerate(names, 1))
    links = "".join(f'<Relationship Id="rId{i}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in range(1, len(names) + 1))
    core = f'xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{package}.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{office}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{office}.styles+xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{package}.core-properties+xml"/>{kinds}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": f"{HEAD}<cp:coreProperties {core}><dc:title>{escape(title)}</dc:title><dc:creator>Sole e Suolo</dc:creator></cp:coreProperties>",
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><bookViews><workbookView/></bookViews><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}<Relationship Id="rId{len(names) + 1}" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }


_STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="#,##0.0"/><numFmt numFmtId="165" formatCode="0.000"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFEFEAE0"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
    '<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
