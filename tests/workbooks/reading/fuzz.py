"""Try many spoilt files: no crash, no hang, and no figure that differs from the clean one without a finding.

python -m tests.workbooks.reading.fuzz 5000            so many inputs, from seed 1 on
python -m tests.workbooks.reading.fuzz 5000 --seed 7

Most are real files of every format with changed bytes, some in a part of the package before it is zipped again;
a fifth are clean returns with two to five named deformations. All are read in the worker with
its limits, as at night.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zipfile import BadZipFile

from python_calamine import CalamineWorkbook

from tests.workbooks.reading import dressed, messy
from tests.workbooks.returns import READER
from workbooks.reading.guard import Limits
from workbooks.reading.parse import Parsed
from workbooks.reading.unreadable import UnreadableReturn
from workbooks.reading.worker import read_books

LIMITS = Limits(seconds=20, cells=200_000, file_bytes=4 << 20, unzipped_bytes=20 << 20, memory_bytes=600 << 20)
_BATCH = 250
_TOKENS = (
    b"<v>", b"</v>", b"</c>", b"<row>", b"</row>", b"&amp;", b"&#0;", b"<!--", b"]]>", b"\0", b"\xff\xfe", b"\r\n", b'"', b"'",
    b"<", b">", b"=", b"1048576", b"XFD", b"99999999999", b"-1", b"NaN", b"1e999", b't="s"', b't="e"', b"\xed\xa0\x80",
    b"\xe2\x80\xae", b"<!DOCTYPE a>", b"<t/>", b"<f>1/0</f>",
)  # fmt: skip


DRESSES = {
    "xlsx": lambda data: data,
    "shared": dressed.shared_texts,
    "formulas": dressed.formulas_with_results,
    "strict": dressed.strict,
    "prefixed": dressed.prefixed,
    "stored": dressed.stored,
    "xlsb": dressed.as_xlsb,
    "html": dressed.as_html,
    "xml": dressed.as_spreadsheetml,
    "encrypted": dressed.encrypted,
}


@cache
def real_files() -> list[tuple[str, str, bytes]]:
    """Name, form and bytes of clean returns in every format that can be made without LibreOffice, and with it."""
    found = [
        (f"{name}-{form}", form, dress(messy.clean(form).data)) for form in messy.ALL for name, dress in DRESSES.items()
    ]
    found.append(("csv-F10", "F10", dressed.as_csv("gb18030")(messy.clean("F10").data)))
    kept = Path(__file__).parent / "files"
    return found + [(path.stem, "F10", path.read_bytes()) for path in sorted(kept.glob("F10*"))]


def spoilt_bytes(chance: Random) -> tuple[str, str, bytes]:
    name, form, data = chance.choice(real_files())
    if data.startswith(b"PK") and chance.random() < 0.7:
        parts = dressed.parts_of(data)
        part = chance.choice(list(parts))
        parts[part] = _changed(parts[part], chance)
        return f"{name}:{part}", form, dressed.zipped(parts)
    return name, form, _changed(data, chance)


def _changed(data: bytes, chance: Random) -> bytes:
    told = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(told) + 1)
        match chance.randrange(6):
            case 0:
                told[at:at] = chance.choice(_TOKENS)
            case 1:
                del told[at : at + chance.randrange(1, 40)]
            case 2 if at < len(told):
                told[at] = chance.randrange(256)
            case 3 if at < len(told):
                told[at] ^= 1 << chance.randrange(8)
            case 4:
                del told[at:]
            case 5:
                length = chance.randrange(1, 200)
                told[at:at] = told[at : at + length]
    return bytes(told)


def deformed(chance: Random) -> tuple[str, str, bytes]:
    form = chance.choice(messy.ALL)
    usable = [d for d in messy.DEFORMATIONS.values() if form in d.forms and not d.office]
    steps = sorted(chance.sample(usable, chance.randrange(2, 6)), key=lambda d: d.stage)
    files = [d for d in steps if d.stage == messy.FILE]
    # A layout stands on the furniture of a clean sheet: one of them; and a file has one dress.
    layouts = [d for d in steps if d.stage == messy.LAYOUT]
    steps = [d for d in steps if d.stage == messy.VALUES] + layouts[:1] + files[:1]
    case = messy.Messy("+".join(d.name for d in steps), form, tuple(steps))
    return case.name, form, case.data()


def cases(count: int, seed: int) -> Iterator[tuple[str, str, bytes]]:
    chance = Random(seed)
    for number in range(count):
        if number % 5:
            yield spoilt_bytes(chance)
        else:
            try:
                yield deformed(chance)
            # Two deformations may not go together (a table moved off its sheet, then looked for).
            except (
                KeyError,
                StopIteration,
                ValueError,
                ArithmeticError,
                AttributeError,
                TypeError,
                IndexError,
                AssertionError,
                BadZipFile,
            ):
                yield spoilt_bytes(chance)


def figures_of(parsed: Parsed) -> dict[tuple[str, str], Counter[str | None]]:
    """Table and column → how often each figure is told in data rows."""
    return {
        (table, column): Counter(v for v, kind in zip(values, rows.kinds, strict=True) if kind == "data")
        for table, rows in parsed.tables.items()
        for column, values in rows.values.items()
    }


def silent_difference(base: Parsed, got: Parsed, data: bytes) -> str:
    """A figure that differs from the clean return without any finding; "" where there is none.

    A changed digit is another figure, and nobody can know: what an independent reader finds in the file too, as it is
    told, is no fault of reading.
    """
    if got.remarks:
        return ""
    before, after = figures_of(base), figures_of(got)
    for (table, column), told in after.items():
        for figure in (told - before.get((table, column), Counter())).keys() - {None}:
            rows = got.tables[table]
            texts = {t for v, t in zip(rows.values[column], rows.texts[column], strict=True) if v == figure and t}
            if not texts <= _texts_in(data):
                return f"{table}.{column}: {figure} from {texts}"
    return ""


def _texts_in(data: bytes) -> set[str]:
    """The texts and numbers that calamine finds in a file; all words of it where calamine reads nothing."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    except BaseException:  # a panic of its own is no Exception
        return set(re.split(r"[<>,;\t\n\"]", data.decode("gb18030", "replace"))) | set(
            re.split(r"[<>,;\t\n\"]", data.decode("utf-8", "replace"))
        )
    told = {value for row in rows for value in row}
    return {v.strip() if isinstance(v, str) else f"{v:.15g}" if isinstance(v, int | float) else str(v) for v in told}


def run(count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How the inputs ended, and what must not be."""
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    stream = cases(count, seed)
    while batch := list(islice(stream, _BATCH)):
        with TemporaryDirectory() as folder:
            items = []
            for number, (_, _, data) in enumerate(batch):
                path = Path(folder) / str(number)
                path.write_bytes(data)
                items.append((str(number), path))
            found = read_books(items, LIMITS, READER)
        for (name, form, data), outcome in zip(batch, found.values(), strict=True):
            told = _judge(form, outcome, data)
            ends[told[0]] += 1
            if told[1]:
                wrong.append(f"{name}: {told[1]}")
                _keep(data, len(wrong))
    return ends, wrong


def _judge(form: str, outcome: Parsed | UnreadableReturn, data: bytes) -> tuple[str, str]:
    if isinstance(outcome, UnreadableReturn):
        bad = outcome.code in ("reader_error", "killed", "timeout", "memory")
        return outcome.code, f"{outcome.code} {outcome.detail[-400:]}" if bad else ""
    return ("read with findings" if outcome.remarks else "read"), silent_difference(
        messy.clean(form).parsed, outcome, data
    )


def _keep(data: bytes, number: int) -> None:
    folder = Path("var/fuzz")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number}.bin").write_bytes(data)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit: 0 nothing that must not be, 1 something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    began = time.monotonic()
    ends, wrong = run(given.count, given.seed)
    print(
        f"{sum(ends.values())} inputs in {time.monotonic() - began:.0f} s: "
        + ", ".join(f"{n} {c}" for c, n in ends.most_common())
    )
    for line in wrong:
        print("WRONG", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
