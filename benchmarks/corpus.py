"""What is measured: small real returns of fifteen districts, dropped as their departments would drop them.

A district files 市场主体 (F03) and the bank-tax loan balances (F10) for eight months, and for the first month the
returns whose ledgers reconcile with each other (F01 with F02, F09 with F10) while those ledgers are short: twenty
returns a district. Every district has a truth of its own, drawn from its own seed.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml

from catalogue import load as loading
from samples.derive import derive
from samples.drops import as_drop, make_filing, write_drops
from samples.filing import Filing
from samples.truth import make_truth
from transforms import period
from transforms.model import Catalogue, District

FIRST, LAST = "2021-01", "2021-08"
AS_OF = "2021-09-20T01:30:00"
MONTHLY_FORMS, FIRST_FORMS = ("F03", "F10"), ("F01", "F02", "F09")
NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰"
SPOILT = 20
"""One F10 in so many has a closing balance that is 10 万元 too high: both sides have to find it."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Returns on the disk.

    Attributes:
        folder: holds `catalogue/` (the catalogue with these districts) and `inbound/<district>/<department>/`.
        files: how many.
        spoilt: names of the files with a planted break.
    """

    folder: Path
    files: int
    spoilt: tuple[str, ...]


def load_corpus_catalogue(folder: Path) -> Catalogue:
    return loading.load(folder / "catalogue")


def lay_corpus(folder: Path, districts: int) -> Corpus:
    """Write the catalogue of so many districts (at most fifteen) and every return of theirs."""
    _lay_catalogue(folder / "catalogue", districts)
    served = load_corpus_catalogue(folder).districts
    filings = [filing for number, district in enumerate(served) for filing in _filings(district, number)]
    balances = [filing for filing in filings if filing.form == "F10"]
    spoilt = {filing.file for filing in balances[SPOILT - 1 :: SPOILT]}
    filings = [_spoil(filing) if filing.file in spoilt else filing for filing in filings]
    write_drops(folder / "inbound", map(as_drop, filings))
    (folder / "corpus.json").write_text(json.dumps({"files": len(filings), "spoilt": sorted(spoilt)}), "utf-8")
    return Corpus(folder, len(filings), tuple(sorted(spoilt)))


def open_corpus(folder: Path) -> Corpus:
    told = json.loads((folder / "corpus.json").read_text("utf-8"))
    return Corpus(folder, told["files"], tuple(told["spoilt"]))


def _lay_catalogue(folder: Path, districts: int) -> None:
    shutil.copytree(loading.HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    declared = [
        {
            "code": f"q{chr(ord('a') + number)}",
            "name": f"{name}区",
            "office": f"{name}区优化营商环境工作领导小组办公室",
            "first_period": FIRST,
            "returns": ["F01", "F02", "F03", "F09", "F10"],
        }
        for number, name in enumerate(NAMES[:districts])
    ]
    (folder / "districts.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), "utf-8")


def _filings(district: District, number: int) -> list[Filing]:
    truth, seed = make_truth(number), number
    months = period.months_between(FIRST, LAST)
    due = [(form, month) for month in months for form in MONTHLY_FORMS]
    due += [(form, FIRST) for form in FIRST_FORMS] + [("F09", months[1])]
    return [make_filing(district, form, month, derive(truth, form, month), seed) for form, month in due]


def _spoil(filing: Filing) -> Filing:
    sheet = filing.sheet("F10.balances")
    row = sheet.rows[0]
    told = row.values["close_bal"]
    return filing.with_sheet(sheet.with_row(0, row.with_value("close_bal", told + 10)))  # type: ignore[operator]
