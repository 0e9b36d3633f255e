"""A month that has been closed stands as it was; what is corrected later is an adjustment of the months after it."""

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from flows.deciding import close_month
from flows.publishing import MONTHLY, publish
from flows.withdrawing import NotFound, withdraw
from samples.returns import lay
from tests.flows.nights import IN_MARCH, a_house, laid, spend_night
from tests.flows.test_night import dropped_at, statuses
from tests.workbooks.books import row_with

pytestmark = pytest.mark.slow
JANUARY, FEBRUARY = "2021-01", "2021-02"
HEADER = "川渝互办互发"
DAY = timedelta(days=1)


def corrected(path: Path, by: int, words: str) -> Path:
    """The next version of a return, with one figure changed and a line that says why."""
    second = path.with_name(path.name.replace("_V1", "_V2"))
    book = openpyxl.load_workbook(path)
    sheet = book["表2 企业开办"]
    column = next(c.column for row in sheet.iter_rows() for c in row if c.value == HEADER)
    row = next(c.row for c in sheet["A"] if isinstance(c.value, int))
    sheet.cell(row, column).value += by
    sheet.cell(row + 2, 1).value = f"说明:{words}"
    book.save(second)
    return second


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """January was closed in February; a corrected return of January came in March."""
    root = tmp_path_factory.mktemp("closed")
    laid(root, ("F03",), [JANUARY])
    first = next((root / "inbound").rglob("F03*"))
    kept = root / first.name
    kept.write_bytes(first.read_bytes())
    with a_house(root) as house:
        spend_night(house, IN_MARCH - 28 * DAY, publish=False)
        publish(house, MONTHLY, JANUARY, IN_MARCH - 28 * DAY)
        close_month(house, house.catalogue.district("jb"), JANUARY, "高绮", IN_MARCH - 20 * DAY, "已定稿", force=True)
        lay(root / "inbound", ["jb"], [FEBRUARY], forms=("F03",))
        second = corrected(kept, 5, "依江北营商办〔2021〕7号更正")
        kept.unlink()
        dropped_at(second.rename(first.with_name(second.name)), IN_MARCH - DAY)
        spend_night(house, IN_MARCH)
        assert statuses(house)["F03 V2"] in ("accepted", "questions")
    return root


def test_the_workbook_of_the_closed_month_is_not_written_anew(root: Path) -> None:
    files = [path.name for path in (root / "outbound/江北区/monthly").glob("*2021年1月*")]
    assert files == ["江北区优化营商环境月调度表(2021年1月).xlsx"]


def test_the_next_month_lists_the_correction_with_its_document_number(root: Path) -> None:
    book = openpyxl.load_workbook(root / "outbound/江北区/monthly/江北区优化营商环境月调度表(2021年2月).xlsx")
    sheet = book["M15 口径与修订"]
    row = row_with(sheet, "二、调整(已锁定月份的更正)") + 2
    told = [sheet.cell(row, n).value for n in range(1, 10)]
    assert told[0] == JANUARY
    assert HEADER in told[1]
    assert told[3:5] == ["V2", "依江北营商办〔2021〕7号更正"]
    assert "_V2.xlsx 表2 企业开办!" in told[5]
    assert told[7] - told[6] == 5


def test_a_submission_of_a_closed_month_is_not_withdrawn_before_the_month_is_opened_again(root: Path) -> None:
    with a_house(root) as house:
        number = house.journal.submissions().filter(period=JANUARY, version=2)["id"][0]
        with pytest.raises(NotFound, match="yueji reopen"):
            withdraw(house, number, "高绮", "撤回", IN_MARCH + DAY)
