"""Labels in English: every declared text has one, and nothing else is translated."""

from pathlib import Path

import pytest

from catalogue.declarations import CatalogueError
from catalogue.languages import CHINESE, in_language, load_language, texts_of
from catalogue.load import load
from catalogue.sheets import LONGEST_NAME, load_workbook
from transforms.model import Light, State

SHEETS = (*load_workbook("monthly"), *load_workbook("quarterly"))


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.tab for sheet in SHEETS])
def test_every_text_of_a_sheet_has_its_label_in_english(sheet):
    labels = load_language("en").labels
    assert [text for text in texts_of(sheet) if is_chinese(text) and text not in labels] == []


def test_every_name_of_the_catalogue_has_its_label_in_english():
    labels, catalogue = load_language("en").labels, load()
    names = [d.name for d in (*catalogue.departments, *catalogue.districts, *catalogue.returns)]
    names += [i.name for i in catalogue.indicators] + [e.name for e in catalogue.evaluation]
    names += [*catalogue.units, *(str(light) for light in Light if light), *(str(state) for state in State)]
    names += [c.name for name in ("banks", "policies", "entity_types") for c in catalogue.code_lists[name].codes]
    assert [name for name in dict.fromkeys(names) if is_chinese(name) and name not in labels] == []


def test_no_label_is_left_over_or_still_chinese():
    assert {text: label for text, label in load_language("en").labels.items() if is_chinese(label)} == {}


def test_placeholders_survive_the_translation():
    import re

    for text, label in load_language("en").labels.items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", label)), text


def test_a_name_of_a_sheet_stays_short_enough_for_excel():
    assert all(len(in_language(sheet, load_language("en")).tab) <= LONGEST_NAME for sheet in SHEETS)


def test_chinese_is_as_declared():
    assert all(in_language(sheet, CHINESE) is sheet for sheet in SHEETS)


def test_a_list_of_labels_is_said_part_by_part_and_what_somebody_wrote_is_left_alone():
    english = load_language("en")
    assert english.say_parts("区税务局、区财政局") == "District Tax Bureau、District Finance Bureau"
    assert english.say("区税务局说没有这回事") == "区税务局说没有这回事"


def test_a_line_that_is_no_label_names_its_place(tmp_path: Path):
    (tmp_path / "english.tsv").write_text("总览\tOverview\n总览\tAgain\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"english\.tsv.*2"):
        load_language("en", tmp_path)
