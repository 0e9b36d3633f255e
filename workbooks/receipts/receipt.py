"""What a receipt says: the verdict, then every finding with its place, what was told, what was expected, what to do."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import polars as pl

from transforms.explanations import is_explained
from transforms.follow import Ask
from transforms.model import Severity, Verdict


class Stamp(NamedTuple):
    """How a verdict is told: its words, its colours (fill and ink), and what the department has to do."""

    words: str
    fill: str
    ink: str
    todo: str


VERDICTS: Mapping[str, Stamp] = MappingProxyType(
    {
        "accepted": Stamp("已接收", "C6EFCE", "006100", "本表已通过审核，无需处理。"),
        "questions": Stamp(
            "已接收，请说明",
            "FFEB9C",
            "9C6500",
            "本表已接收。请在“本单位说明”一栏写明下列各条的原因，保存后把本回执投放回本单位文件夹；数字有误的，直接在表中更正后一并投放。",
        ),
        "returned": Stamp(
            "退回重报",
            "FFC7CE",
            "9C0006",
            "本表未通过审核，数据未采用。请在原表或本回执所附的表中更正下列各条，重新投放到本单位文件夹。",
        ),
        "unreadable": Stamp(
            "无法读取", "FFC7CE", "9C0006", "文件打不开，数据未采用。请按下列办法处理后重新投放到本单位文件夹。"
        ),
        "again": Stamp("同一文件，已收过", "DDEBF7", "1F3864", "本文件与以前送达的文件完全相同，没有作为新版本接收。"),
        "withdrawn": Stamp("已撤回", "E7E6E6", "404040", "本表已按要求撤回，数据不再采用；送达的文件仍存档。"),
    }
)
SEVERITIES = {Severity.HARD.value: "硬性", Severity.SOFT.value: "需说明", Severity.INFO.value: "提示"}
ORDER = {Severity.HARD.value: 0, Severity.SOFT.value: 1, Severity.INFO.value: 2}
MOST_LISTED = 500
NO_REASON = "所写说明没有说出原因，请写明具体原因。"
MOST_CHANGES = 200
MOST_ASKS = 60
DIFFERENCE = "差异"
"""The kind of a line about a reconciliation."""
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")


class Change(NamedTuple):
    """A cell that a new version tells otherwise than the last."""

    sheet: str
    cell: str
    what: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says.

    Attributes:
        number: id of the submission; it stands on the receipt, so that an answer finds its way.
        findings: model.FINDINGS of this submission.
        changes: against the version before; None where there was none.
        asks: the differences with other returns that are open. revision: what to know of a month that has been closed.
    """

    number: str
    district: str
    department: str
    form: str
    form_name: str
    period: str
    version: int
    file: str
    status: str
    reason: str
    arrived_at: datetime
    decided_at: datetime
    findings: pl.DataFrame
    changes: Sequence[Change] | None = None
    asks: Sequence[Ask] = ()
    revision: str = ""

    @property
    def stamp(self) -> Stamp:
        return VERDICTS[self.status]

    @property
    def todo(self) -> str:
        """What the department has to do, all in all."""
        if not self.asks:
            return self.stamp.todo
        lead = "" if self.status == "accepted" else self.stamp.todo
        return (
            f"{lead}本表与有关报表核对，有 {len(self.asks)} 项差异（截至审核时间所收到的数），见下列“差异”各条："
            "数字有误的，在表中更正后重报；无误的，在“本单位说明”一栏写明原因，保存后把本回执投放回本单位文件夹。"
        )


class Line(NamedTuple):
    """One line of the list. `sheet` and `cell` are where a link leads ("" where nowhere); `identity` tells, in a
    hidden column, which finding an explanation is about."""

    kind: str
    rule: str
    place: str
    sheet: str
    cell: str
    told: str
    expected: str
    problem: str
    todo: str
    explanation: str
    identity: str


def receipt_name(receipt: Receipt, extension: str = "xlsx") -> str:
    """回执_F01_202208_V1_退回重报.xlsx; a file that told nothing of itself is named by its own name."""
    verdict = receipt.stamp.words.replace("，", "")
    if receipt.form and receipt.period:
        told = f"{receipt.form}_{receipt.period.replace('-', '')}"
    else:
        told = (receipt.file.rpartition(".")[0] or receipt.file)[:60]
    return f"回执_{told}_V{receipt.version}_{verdict}.{extension}"


def list_lines(receipt: Receipt) -> list[Line]:
    """What is wrong, hard findings first; then what was read otherwise than typed, and what changed since last time.
    A file that cannot be read has the one reason."""
    if receipt.status in ("unreadable", "again", "withdrawn"):
        kind, todo = ("硬性", "处理后重新投放。") if receipt.status == "unreadable" else ("提示", "")
        return [Line(kind, "", "整个文件", "", "", receipt.file, "", receipt.reason, todo, "", "")]
    # Most receipts have no explanation that would have to be judged.
    written = receipt.findings["explanation"].is_not_null().any()
    findings = receipt.findings.with_columns(explained=is_explained() if written else pl.lit(False))
    violated = [f for f in findings.rows(named=True) if f["verdict"] == Verdict.VIOLATED.value]
    violated.sort(key=_rank)
    revised = [Line("提示", "", "整个文件", "", "", "", "", receipt.revision, "", "", "")] if receipt.revision else []
    return [*(_line(f) for f in violated), *_ask_lines(receipt), *revised, *_change_lines(receipt)]


def _ask_lines(receipt: Receipt) -> list[Line]:
    lines = [
        Line(
            kind=DIFFERENCE,
            rule=a.rule,
            place=a.place or "整个文件",
            sheet=a.sheet,
            cell=a.cell,
            told=a.told,
            expected="",
            problem=a.problem,
            todo=a.todo + (NO_REASON if a.explanation and not a.is_reason else ""),
            explanation=a.explanation,
            identity=f"{a.number}@{a.key}",
        )
        for a in receipt.asks[:MOST_ASKS]
    ]
    if (left := len(receipt.asks) - MOST_ASKS) > 0:
        lines.append(
            Line(DIFFERENCE, "", "整个文件", "", "", "", "", f"另有 {left} 项差异，见月调度工作簿 M04。", "", "", "")
        )
    return lines


def _rank(f: Mapping[str, Any]) -> tuple[object, ...]:
    return ORDER.get(f["severity"], 9), f["sheet"] or "", f["row"] or 0, f["cell"] or "", f["rule"]


def marks(lines: Iterable[Line]) -> dict[tuple[str, str], tuple[str, str]]:
    """The cells to mark: (sheet, cell) → the gravest severity and the words of its comment."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.identity and line.kind != SEVERITIES["info"] and _ADDRESS.fullmatch(line.cell):
            found.setdefault((line.sheet, line.cell), []).append(line)
    return {
        place: (lines[0].kind, "\n".join(f"{n.rule} {n.kind}：{n.problem}\n怎么办：{n.todo}" for n in lines))
        for place, lines in found.items()
    }


def _line(f: Mapping[str, object]) -> Line:
    sheet, cell, unit = str(f["sheet"] or ""), str(f["cell"] or ""), str(f["unit"] or "")
    expected = str(f["expected"] or "")
    if unit and re.fullmatch(r"[≥≤ ]*[\d,.-]+", expected):
        expected = f"{expected} {unit}"
    return Line(
        kind=SEVERITIES[str(f["severity"])],
        rule=str(f["rule"]),
        place=f"{sheet}!{cell}" if sheet and cell else (sheet or "整个文件"),
        sheet=sheet,
        cell=cell,
        told=f"{f['told'] or ''} {unit}".strip(),
        expected=expected,
        problem=_sentence(str(f["message"])),
        todo=str(f["todo"] or "") + (NO_REASON if f["explanation"] and not f["explained"] else ""),
        explanation=str(f["explanation"] or ""),
        identity=f"{f['rule_id']}@{sheet}!{cell}",
    )


def _change_lines(receipt: Receipt) -> list[Line]:
    if receipt.changes is None:
        return []
    if not receipt.changes:
        return [Line("变化", "", "整个文件", "", "", "", "", "与上一版相比，各表数据没有变化。", "", "", "")]
    lines = [
        Line(
            "变化",
            "",
            f"{c.sheet}!{c.cell}",
            c.sheet,
            c.cell,
            c.now,
            "",
            f"{c.what}：上一版为 {c.before}。",
            "",
            "",
            "",
        )
        for c in receipt.changes[:MOST_CHANGES]
    ]
    if (left := len(receipt.changes) - MOST_CHANGES) and left > 0:
        lines.append(Line("变化", "", "整个文件", "", "", "", "", f"与上一版相比，另有 {left} 处变化。", "", "", ""))
    return lines


def _sentence(message: str) -> str:
    """The message without its rule, its kind and its place, which stand in their own columns."""
    found = re.match(r"\w\d\d \S+ (?:[^!：]*![A-Z]*\d* ?)?：?(.+)", message, re.DOTALL)
    return found[1] if found else message
