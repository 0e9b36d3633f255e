"""What a file stores as a number, a date or a text, as the text that cells carry."""

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from workbooks.reading.cells import Kind

_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?\s*", re.ASCII).fullmatch
_PLAIN = re.compile(r"0|(?=.{1,16}$)(?:(?:0\.(?!0000)|[1-9][0-9]*\.)[0-9]*[1-9]|[1-9][0-9]{0,14})", re.ASCII).fullmatch
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ISO_DATE = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)?(?:T?(?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d+)?)?Z?", re.ASCII).fullmatch


def decimal_text(stored: str) -> str | None:
    """The stored double at 15 significant digits, without exponent; None when it is no number.

    A decimal of 15 digits survives the double and back, so no digit that was typed is lost; the 16th and
    17th, which files carry, are the double's and not the department's. Nothing is computed here.
    """
    # As most are: of so few digits that a double changes none, and spelt as it would be spelt.
    if _PLAIN(stored):
        return stored
    if not _NUMBER(stored):
        return None
    text = f"{float(stored):.15g}"
    if "e" in text:
        return f"{Decimal(text):f}"
    if text == "-0":
        return "0"
    return None if "inf" in text else text


@lru_cache(maxsize=4096)
def date_text(number: str, date1904: bool) -> str | None:
    """ISO text of a serial date; None when Excel has no such day (it shows ####)."""
    serial = Decimal(number)
    if not 0 <= serial < 2_958_466:
        return None
    days, seconds = divmod(int(serial * 86_400 + Decimal("0.5")), 86_400)
    days += 1462 if date1904 else 0
    time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" if seconds or not days else ""
    if days == 0:
        return time
    if days > 2_958_465:
        return None
    # Excel counts a 29 February 1900 that never was; days before it are one off.
    day = "1900-02-29" if days == 60 else str(date(1899, 12, 30) + timedelta(days + (days < 60)))
    return f"{day}T{time}" if time else day


def interpret_iso_date(value: str) -> tuple[Kind, str]:
    found = _ISO_DATE(value.strip())
    if not found or not value.strip():
        return "text", value
    day, time = found["day"], found["time"]
    if time and len(time) == 5:
        time += ":00"
    if not day:
        return ("date", time) if time else ("text", value)
    return "date", day if time in (None, "00:00:00") else f"{day}T{time}"


def unescape(text: str) -> str:
    """Undo Excel's _xHHHH_ for characters that XML cannot hold; _x005F_ is an underscore."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if _SURROGATE.search(text):
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
