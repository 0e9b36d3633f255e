"""Labels in English: everything that this project says has one, and nothing else is translated."""

import re
from pathlib import Path

import pytest

from catalogue.declarations import CatalogueError
from catalogue.languages import CHINESE, in_language, load_language, texts_of
from catalogue.load import load
from catalogue.sheets import LONGEST_NAME, load_workbook
from transforms.model import Cause, Light, State

SHEETS = (*load_workbook("monthly"), *load_workbook("quarterly"))
HOUSE = Path(__file__).parents[2]
SENTENCES = HOUSE / "catalogue" / "english_sentences.tsv"
NARROW = str.maketrans("，；：（）", ",;:()")


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


def everything_we_say() -> str:
    """The catalogue and the code that puts texts together."""
    files = [path for folder in ("catalogue", "transforms", "workbooks") for path in (HOUSE / folder).rglob("*")]
    told = [path for path in files if path.suffix in (".py", ".yaml", ".tsv") and not path.name.startswith("english")]
    return "\n".join(path.read_text(encoding="utf-8") for path in told)


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.tab for sheet in SHEETS])
def test_every_text_of_a_sheet_has_its_label_in_english(sheet):
    labels = load_language("en").labels
    assert [text for text in texts_of(sheet) if is_chinese(text) and text not in labels] == []


def test_every_name_of_the_catalogue_has_its_label_in_english():
    labels, catalogue = load_language("en").labels, load()
    names = [name for d in catalogue.departments for name in (d.name, *d.names.values())]
    names += [name for d in catalogue.districts for name in (d.name, d.office)]
    names += [d.name for d in (*catalogue.returns, *catalogue.evaluation, *catalogue.statistics)]
    names += [text for t in catalogue.tables() for text in (t.title, t.name, *(c.header for c in t.columns))]
    names += [text for i in catalogue.indicators for text in (i.name, i.definition, i.clause)]
    names += [c.name for codes in catalogue.code_lists.values() for c in codes.codes]
    names += [text for m in catalogue.measures for text in (m.title, m.section, *m.responsible.split("、"))]
    names += [text for t in catalogue.targets for text in (t.text, t.note, t.reason, t.clause)]
    names += [text for r in catalogue.reconciliations for text in (r.name, str(r.params.get("reason", "")))]
    names += [*catalogue.units, *(light for light in Light if light), *State, *(cause for cause in Cause if cause)]
    assert [name for name in dict.fromkeys(map(str, names)) if is_chinese(name) and name not in labels] == []


def test_no_label_is_left_over_or_still_chinese():
    said, labels = everything_we_say(), load_language("en").labels
    assert [text for text in labels if text not in said] == []
    assert {text: label for text, label in labels.items() if is_chinese(label)} == {}


def test_no_sentence_is_left_over_or_still_chinese():
    said = everything_we_say().translate(NARROW)
    lines = [line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    assert [label for _, label in lines if is_chinese(label)] == []
    words = [word for text, _ in lines for word in re.split(r"\{\w+\}|[,;:()。、≤≥ ]", text.translate(NARROW))]
    assert [word for word in words if not re.fullmatch("[年月日一二三四季度0-9]*", word) and word not in said] == []


def test_a_name_of_a_sheet_stays_short_enough_for_excel():
    assert all(len(in_language(sheet, load_language("en")).tab) <= LONGEST_NAME for sheet in SHEETS)


def test_chinese_is_as_declared():
    assert all(in_language(sheet, CHINESE) is sheet for sheet in SHEETS)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("区税务局、区财政局", "District Tax Bureau, District Finance Bureau"),
        ("F03 表1 市场主体 本月新设(合计)", "F03 Table 1 Market entities New in the month (Total)"),
        ("农、林、牧、渔业", "Agriculture, forestry, husbandry and fishing"),
        ("逐笔一致56笔；2笔不符，最大一笔：区财政局未列此收入退还书号，金额 1,689.43 元",
         "56 items agree one by one; 2 items do not agree, the largest: District Finance Bureau does not list this Refund "
         "voucher number, amount 1,689.43 yuan"),
        ("请区税务局会同区财政局于9月20日前核实:有误的更正重报,无误的说明原因",
         "District Tax Bureau with District Finance Bureau by 20 September: check; file again what is wrong, explain what "
         "is right"),
        ("2.2小时,同比下降24.14%,达到进度要求", "2.2 hours, down 24.14% on last year, on course"),
        ("(待核)R01-2022-08-001等4项", "(to check) R01-2022-08-001 and others, 4 in all"),
        ("2022年三季度", "Q3 2022"),
        ("人工设定为黄(计算为绿),高绮2022-09-12:已书面说明",
         "set by hand to Yellow (computed: Green) by 高绮 on 2022-09-12: 已书面说明"),
        ("2.2小时,达到进度要求,人工设定为红灯", "2.2 hours, on course, set by hand to Red"),
    ],
)  # fmt: skip
def test_a_text_that_is_put_together_is_said_part_by_part(told, said):
    assert load_language("en").say_parts(told) == said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("区税务局说没有这回事", "区税务局说没有这回事"),
        ("已核对,是漏报。", "已核对,是漏报。"),
        ("区税务局9月5日说明:已核对,是漏报", "District Tax Bureau on 5 September: 已核对,是漏报"),
        ("F01 退税金额 表2 留抵退税台账!L414", "F01 Refund 表2 留抵退税台账!L414"),
    ],
)
def test_what_somebody_wrote_and_the_cells_of_returns_are_left_alone(told, said):
    assert load_language("en").say_parts(told) == said


def test_a_line_that_is_no_label_names_its_place(tmp_path: Path):
    (tmp_path / "english_sentences.tsv").write_text("", encoding="utf-8")
    (tmp_path / "english.tsv").write_text("总览\tOverview\n总览\tAgain\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"english\.tsv.*2"):
        load_language("en", tmp_path)


def test_a_label_with_other_words_in_braces_is_refused(tmp_path: Path):
    (tmp_path / "english.tsv").write_text("{district}总览\tOverview of {period}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="other words in braces"):
        load_language("en", tmp_path)
