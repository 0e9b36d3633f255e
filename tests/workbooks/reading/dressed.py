"""A workbook in another dress: the same cells as other programs, other formats and other dialects store them."""

import csv
import re
import shutil
import struct
import subprocess
from collections.abc import Callable
from functools import cache
from html import escape
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

Parts = dict[str, bytes]
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRINGS_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def parts_of(data: bytes) -> Parts:
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Parts, method: int = ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def in_sheets(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    parts = parts_of(data)
    return zipped({n: change(p) if n.startswith("xl/worksheets/sheet") else p for n, p in parts.items()})


# OOXML in other words


def with_macros(data: bytes) -> bytes:
    parts = parts_of(data)
    types = parts["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    return zipped(parts | {"[Content_Types].xml": types, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(2000)})


def strict(data: bytes) -> bytes:
    changes = (
        (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
        (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
         b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
    )  # fmt: skip
    parts = parts_of(data)
    for old, new in changes:
        parts = {name: part.replace(old, new) for name, part in parts.items()}
    return zipped(parts)


def prefixed(data: bytes) -> bytes:
    """Every element of a sheet under a prefix, as some Java libraries write."""

    def change(part: bytes) -> bytes:
        part = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", part)
        return part.replace(b"xmlns=", b"xmlns:x=")

    return in_sheets(data, change)


def without_references(data: bytes) -> bytes:
    """Cells without r=: their place is where they stand. Gaps are filled with empty cells."""

    def change(part: bytes) -> bytes:
        def row(found: re.Match[bytes]) -> bytes:
            cells, told = b"", 0
            for cell in re.finditer(rb'<c r="([A-Z]+)\d+"(.*?)(/>|</c>)', found[2], re.DOTALL):
                column = openpyxl.utils.column_index_from_string(cell[1].decode())
                cells += b"<c/>" * (column - told - 1) + b"<c" + cell[2] + cell[3]
                told = column
            return found[1] + cells + b"</row>"

        return re.sub(rb"(<row [^>]*[^/]>)(.*?)</row>", row, part, flags=re.DOTALL)

    return in_sheets(data, change)


def shared_texts(data: bytes) -> bytes:
    """Texts in a part of their own, once each, as Excel stores them; openpyxl writes them into the cells."""
    parts, texts = parts_of(data), dict[bytes, int]()

    def told(found: re.Match[bytes]) -> bytes:
        return found[1] + b' t="s"><v>%d</v></c>' % texts.setdefault(found[2], len(texts))

    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = re.sub(rb'(<c [^>]*?) t="inlineStr"><is>(.*?)</is></c>', told, part, flags=re.DOTALL)
    items = b"".join(b"<si>" + text + b'<phoneticPr fontId="1"/></si>' for text in texts)
    parts["xl/sharedStrings.xml"] = b'<sst xmlns="%s">%s</sst>' % (_MAIN, items)
    relation = (
        b'<Relationship Id="shared" Type="%s/sharedStrings" Target="sharedStrings.xml"/></Relationships>' % _OFFICE
    )
    relations = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = relations.replace(b"</Relationships>", relation)
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % _STRINGS_TYPE
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override)
    assert len(texts) > 10
    return zipped(parts)


def stored(data: bytes) -> bytes:
    return zipped(parts_of(data), ZIP_STORED)


def false_dimension(data: bytes) -> bytes:
    return in_sheets(data, lambda part: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', part))


def computed_when_opened(data: bytes, asked: bool) -> bytes:
    parts = parts_of(data)
    if not asked:
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'fullCalcOnLoad="1"', b"")
    return zipped(parts)


def formulas_with_results(data: bytes) -> bytes:
    """Every number a formula with its result, as Excel saves it."""

    def change(part: bytes) -> bytes:
        return re.sub(rb't="n"><v>([^<]*)</v>', rb"><f>ROUND(\1,8)</f><v>\1</v>", part)

    return computed_when_opened(in_sheets(data, change), False)


def shared_formulas(data: bytes) -> bytes:
    def change(part: bytes) -> bytes:
        found = 0

        def told(match: re.Match[bytes]) -> bytes:
            nonlocal found
            found += 1
            first = b' ref="A1:Z99">A1+B1</f>' if found == 1 else b"/>"
            return b'><f t="shared" si="0"' + first + b"<v>" + match[1] + b"</v>"

        return re.sub(rb' t="n"><v>([^<]*)</v>', told, part)

    return computed_when_opened(in_sheets(data, change), False)


def encrypted(data: bytes, password: str = "VelvetSweatshop") -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    buffer = BytesIO()
    OOXMLFile(BytesIO(data)).encrypt(password, buffer)
    return buffer.getvalue()


# Other formats, from the cells as openpyxl sees them


def sheets_of(data: bytes) -> list[Worksheet]:
    return openpyxl.load_workbook(BytesIO(data)).worksheets


def shown(cell: Cell | MergedCell) -> str:
    """The text that a plain export writes."""
    value = cell.value
    if value is None:
        return ""
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d")  # type: ignore[union-attr]
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)


def as_csv(encoding: str, delimiter: str = ",") -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        buffer = StringIO()
        writer = csv.writer(buffer, delimiter=delimiter)
        for row in sheets_of(data)[0].iter_rows():
            writer.writerow([shown(cell) for cell in row])
        return buffer.getvalue().encode(encoding)

    return change


def as_html(data: bytes, charset: str = "utf-8") -> bytes:
    tables = []
    for ws in sheets_of(data):
        if ws.sheet_state != "visible":
            continue
        spans = {
            (m.min_row, m.min_col): (m.max_row - m.min_row + 1, m.max_col - m.min_col + 1)
            for m in ws.merged_cells.ranges
        }
        rows = []
        for row in ws.iter_rows():
            cells = ""
            for cell in row:
                if isinstance(cell, MergedCell):
                    continue
                down, across = spans.get((cell.row, cell.column), (1, 1))
                text = escape(shown(cell)).replace("  ", "&nbsp;&nbsp;").replace("\n", "<br>")
                cells += f'<td rowspan="{down}" colspan={across} class=xl65>{text}</td>'
            rows.append(f"<tr>{cells}</tr>")
        tables.append(f"<table border=1>{''.join(rows)}</table>")
    head = f'<html><head><meta http-equiv=Content-Type content="text/html; charset={charset}"><style>td {{a: b}}</style></head>'
    return (head + "<body>" + "<p>".join(tables) + "</body></html>").encode(
        "gb18030" if charset == "gb2312" else charset
    )


def as_html_gb(data: bytes) -> bytes:
    return as_html(data, "gb2312")


_SS = 'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'


def as_spreadsheetml(data: bytes) -> bytes:
    styles: dict[tuple[str, int], str] = {}
    sheets = ""
    for ws in sheets_of(data):
        spans = {(m.min_row, m.min_col): (m.max_row - m.min_row, m.max_col - m.min_col) for m in ws.merged_cells.ranges}
        rows = ""
        for row in ws.iter_rows():
            cells = ""
            for cell in row:
                if isinstance(cell, MergedCell) or (cell.value is None and (cell.row, cell.column) not in spans):
                    continue
                down, across = spans.get((cell.row, cell.column), (0, 0))
                style = styles.setdefault((cell.number_format, int(cell.alignment.indent or 0)), f"s{len(styles)}")
                cells += f'<Cell ss:Index="{cell.column}" ss:StyleID="{style}" ss:MergeDown="{down}" ss:MergeAcross="{across}"'
                cells += _formula_of(cell) + ">" + _data_of(cell) + "</Cell>"
            hidden = ' ss:Hidden="1"' if ws.row_dimensions[row[0].row].hidden else ""
            rows += f'<Row ss:Index="{row[0].row}"{hidden}>{cells}</Row>'
        options = '<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions>'
        sheets += f'<Worksheet ss:Name="{escape(ws.title)}"><Table>{rows}</Table>'
        sheets += (options if ws.sheet_state != "visible" else "") + "</Worksheet>"
    told = "".join(
        f'<Style ss:ID="{name}"><Alignment ss:Indent="{indent}"/><NumberFormat ss:Format="{escape(number_format)}"/></Style>'
        for (number_format, indent), name in styles.items()
    )
    return f'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook {_SS}><Styles>{told}</Styles>{sheets}</Workbook>'.encode()


def _formula_of(cell: Cell) -> str:
    return f' ss:Formula="{escape(str(cell.value))}"' if cell.data_type == "f" else ""


def _data_of(cell: Cell) -> str:
    if cell.value is None or cell.data_type == "f":
        return ""
    if cell.data_type == "e":
        return f'<Data ss:Type="Error">{cell.value}</Data>'
    if hasattr(cell.value, "strftime"):
        return f'<Data ss:Type="DateTime">{cell.value:%Y-%m-%dT%H:%M:%S}.000</Data>'
    kind = "Number" if cell.data_type == "n" else "String"
    # As XML wants them: a line break in a text is a reference.
    return f'<Data ss:Type="{kind}">{escape(str(cell.value)).replace(chr(10), "&#10;")}</Data>'


# BIFF12, of which nobody here has a writer: only what a reader needs


def _record(kind: int, body: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(body)
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 127 else 0)])
        length >>= 7
        if not length:
            return number + size + body


def _wide(text: str) -> bytes:
    raw = text.encode("utf-16-le", "surrogatepass")
    return struct.pack("<I", len(raw) // 2) + raw


_BIFF_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


def as_xlsb(data: bytes) -> bytes:
    book = openpyxl.load_workbook(BytesIO(data))
    formats: dict[str, int] = {"General": 0}
    xfs: dict[tuple[str, int], int] = {("General", 0): 0}
    texts: dict[str, int] = {}
    parts: Parts = {}
    tabs, relations = b"", ""
    for number, ws in enumerate(book.worksheets, 1):
        body = b""
        for row in ws.iter_rows():
            hidden = 0x10 if ws.row_dimensions[row[0].row].hidden else 0
            body += _record(0, struct.pack("<IIHBBBI", row[0].row - 1, 0, 300, 0, hidden, 0, 0))
            for cell in row:
                if cell.value is None:
                    continue
                formats.setdefault(cell.number_format, 163 + len(formats))
                xf = xfs.setdefault((cell.number_format, int(cell.alignment.indent or 0)), len(xfs))
                body += _biff_cell(cell, struct.pack("<II", cell.column - 1, xf), texts, book.epoch)
        dimension = struct.pack("<IIII", 0, ws.max_row - 1, 0, ws.max_column - 1)
        merges = b"".join(
            _record(176, struct.pack("<IIII", m.min_row - 1, m.max_row - 1, m.min_col - 1, m.max_col - 1))
            for m in ws.merged_cells.ranges
        )
        parts[f"xl/worksheets/sheet{number}.bin"] = (
            _record(129) + _record(148, dimension) + _record(145) + body + _record(146) + merges + _record(130)
        )
        state = {"visible": 0, "hidden": 1}.get(ws.sheet_state, 2)
        tabs += _record(156, struct.pack("<II", state, number) + _wide(f"rId{number}") + _wide(ws.title))
        relations += f'<Relationship Id="rId{number}" Type="http://x/relationships/worksheet" Target="worksheets/sheet{number}.bin"/>'
    is_1904 = int(book.epoch.year == 1904)
    relations += '<Relationship Id="s" Type="http://x/relationships/styles" Target="styles.bin"/>'
    relations += '<Relationship Id="t" Type="http://x/relationships/sharedStrings" Target="sharedStrings.bin"/>'
    parts["xl/workbook.bin"] = (
        _record(131)
        + _record(153, struct.pack("<III", is_1904, 0, 0))
        + _record(143)
        + tabs
        + _record(144)
        + _record(157, bytes(26))
        + _record(132)
    )
    parts["xl/_rels/workbook.bin.rels"] = f"<Relationships>{relations}</Relationships>".encode()
    items = b"".join(_record(19, b"\0" + _wide(text)) for text in texts)
    parts["xl/sharedStrings.bin"] = _record(159, struct.pack("<II", len(texts), len(texts))) + items + _record(160)
    told = b"".join(_record(44, struct.pack("<H", n) + _wide(f)) for f, n in formats.items() if n)
    cell_formats = b"".join(
        _record(47, struct.pack("<HHHHHBBI", 0, formats[f], 0, 0, 0, 0, indent, 0)) for f, indent in xfs
    )
    parts["xl/styles.bin"] = (
        _record(615, struct.pack("<I", len(formats) - 1))
        + told
        + _record(616)
        + _record(617, struct.pack("<I", len(xfs)))
        + cell_formats
        + _record(618)
    )
    return zipped({"[Content_Types].xml": b"<Types/>"} | parts)


def _biff_cell(cell: Cell | MergedCell, head: bytes, texts: dict[str, int], epoch: object) -> bytes:
    value = cell.value
    match cell.data_type:
        case "n" if isinstance(value, int) and abs(value) < 1 << 28:
            return _record(2, head + struct.pack("<i", value << 2 | 2))
        case "n":
            return _record(5, head + struct.pack("<d", float(value)))  # type: ignore[arg-type]
        case "d":
            serial = openpyxl.utils.datetime.to_excel(value, epoch)  # type: ignore[arg-type]
            return _record(5, head + struct.pack("<d", serial))
        case "e":
            return _record(3, head + bytes([_BIFF_ERRORS[str(value)]]))
        case "b":
            return _record(4, head + bytes([bool(value)]))
    return _record(7, head + struct.pack("<I", texts.setdefault(str(value), len(texts))))


# By LibreOffice


@cache
def _converted(kind: str, files: tuple[bytes, ...]) -> dict[bytes, bytes]:
    filters = {"xls": "xls:MS Excel 97", "ods": "ods", "xlsx": "xlsx:Calc MS Excel 2007 XML"}
    with TemporaryDirectory() as name:
        folder = Path(name)
        sources = []
        for number, data in enumerate(files):
            sources.append(folder / f"{number}.xlsx")
            sources[-1].write_bytes(data)
        command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to"]
        command += [filters[kind], "--outdir", str(folder / "out"), *map(str, sources)]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        return {data: (folder / "out" / f"{n}.{kind}").read_bytes() for n, data in enumerate(files)}


def converted(data: bytes, kind: str, among: tuple[bytes, ...] = ()) -> bytes:
    """The workbook as LibreOffice saves it; `among`: others that will be asked for, done in the same call."""
    assert shutil.which("soffice")
    files = among if data in among else (data,)
    return _converted(kind, files)[data]
