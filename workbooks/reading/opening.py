"""Open a file of any format that is read, by what it is and not by what it is called."""

from collections.abc import Sequence
from dataclasses import replace

from workbooks.reading import guard
from workbooks.reading.cells import Book
from workbooks.reading.guard import Limits
from workbooks.reading.kinds import kind_of
from workbooks.reading.unreadable import UnreadableReturn
from workbooks.reading.xlsx import read_xlsx


def read_book(data: bytes, limits: Limits | None = None, passwords: Sequence[str] = ()) -> Book:
    """The cells of a workbook.

    Args:
        data: a file that `guard.check` has passed.
        limits: what is inside an encrypted file is held to them, and formats whose cells can only be counted
            while they are read.
        passwords: tried on a file that has one.
    Raises:
        UnreadableReturn: what it is, or what is wrong with it.
    """
    limits = limits or Limits()
    # Libraries and readers of other formats are imported when the first such file comes: most nights have none.
    match kind_of(data):
        case "xlsx":
            return read_xlsx(data)
        case "xlsb":
            from workbooks.reading.xlsb import read_xlsb

            return read_xlsb(data, limits)
        case "ods":
            from workbooks.reading.ods import read_ods

            return read_ods(data, limits)
        case "xls":
            from workbooks.reading.xls import read_xls

            return read_xls(data, limits, passwords)
        case "csv":
            from workbooks.reading.delimited import read_csv

            return read_csv(data, limits)
        case "html":
            from workbooks.reading.webpage import read_html

            return read_html(data, limits)
        case "spreadsheetml":
            from workbooks.reading.spreadsheetml import read_spreadsheetml

            return read_spreadsheetml(data, limits)
        case "encrypted":
            return _read_encrypted(data, limits, passwords)
    raise UnreadableReturn("archive")


def _read_encrypted(data: bytes, limits: Limits, passwords: Sequence[str]) -> Book:
    from workbooks.reading.encrypted import decrypt

    opened = decrypt(data, passwords)
    guard.check(opened, limits)
    if kind_of(opened) == "encrypted":
        raise UnreadableReturn("encrypted", "encrypted twice")
    return replace(read_book(opened, limits), format="xlsx")
