"""A receipt that comes back: whose it is, and what the department has written to each finding."""

from typing import NamedTuple

from workbooks.reading.cells import Book, Sheet
from workbooks.receipts.words import EXPLANATION, IDENTITY, NUMBER_LABEL, TITLE


class Answer(NamedTuple):
    """`number` is that of the receipt; `explanations` by the identity of the finding (`rule_id@sheet!cell`)."""

    number: str
    explanations: dict[str, str]


def is_front(sheet: Sheet) -> bool:
    """Whether a sheet is the first sheet of a receipt of ours, whatever it is called now."""
    return _text(sheet, 1, 1) == TITLE


def read_answer(book: Book) -> Answer | None:
    """What stands on the first sheet of a receipt; None where the book is no receipt."""
    front = next((sheet for sheet in book.sheets if is_front(sheet)), None)
    if front is None:
        return None
    number, header = "", 0
    columns: dict[str, int] = {}
    explanations: dict[str, str] = {}
    for row in sorted({row for row, _ in front.cells}):
        told = {column: _text(front, row, column) for column in range(1, 30)}
        if not header and told[1] == NUMBER_LABEL:
            number = next((word for column, word in told.items() if column > 1 and word), "")
        elif IDENTITY in told.values() and EXPLANATION in told.values():
            header, columns = row, {word: column for column, word in told.items()}
        elif header and (identity := told[columns[IDENTITY]]) and (words := told[columns[EXPLANATION]]):
            explanations[identity] = words
    return Answer(number, explanations)


def _text(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.cells.get((row, column))
    return cell.text.strip() if cell else ""
