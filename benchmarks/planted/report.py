"""The outcome of the campaign as a page for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.planted.kinds import KINDS, Kind
from benchmarks.planted.score import Scored

AIMS = {"seen": 0.99, "cause": 0.95, "first": 0.90}


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares over faults that something is held against; `alarms`: findings and differences in districts without fault."""

    seen: float
    first: float
    shown: float
    alone: float
    cause: float
    alarms: int

    @property
    def met(self) -> bool:
        return not self.alarms and all(getattr(self, name) >= aim for name, aim in AIMS.items())


def shares(scored: Sequence[Scored], alarms: int) -> Shares:
    single = [s for s in scored if s.single and s.bound]
    cells = [s for s in single if s.kind.cell]
    causes = [s for s in single if s.kind.cause]
    return Shares(
        seen=_share(single, "seen"),
        first=_share(cells, "first"),
        shown=_share(cells, "shown"),
        alone=_share(cells, "alone"),
        cause=_share(causes, "cause_right"),
        alarms=alarms,
    )


def _share(scored: Sequence[Scored], what: str) -> float:
    return sum(getattr(s, what) for s in scored) / len(scored) if scored else 1.0


def page(scored: Sequence[Scored], alarms: int, controls: int, command: str) -> str:
    """docs/planted-faults.md."""
    whole, pairs = shares(scored, alarms), [s for s in scored if not s.single and s.bound]
    single = [s for s in scored if s.single]
    unbound = [s for s in single if not s.bound]
    lines = [
        "# 放进去的错误，看出来多少",
        "",
        f"样例区县的报表里逐一放进错误，写成真的 Excel 文件，再走一遍收取、审核、勾稽、定位。由 `{command}` 生成。",
        "放错的位置在全部数字格和台账行里随机取；有的数没有硬性等式（合计、滚动、累计、明细、比率等）与之相关，多半错了也看不出来，单独列出，不算在比率里。",
        "",
        "| | 目标 | 实际 |",
        "| --- | ---: | ---: |",
        f"| 看出来的（退回、提问或勾稽差异） | ≥ 99% | {whole.seen:.1%} |",
        f"| 没有错误的区县里的误报（{controls} 个区县，每个一个月的全部报表） | 0 | {whole.alarms} |",
        f"| 成因判对的（一处错误、成因可以叫出名字的） | ≥ 95% | {whole.cause:.1%} |",
        f"| 真正错的单元格排在第一的（并列也算） | ≥ 90% | {whole.first:.1%} |",
        f"| 　其中独自排第一的 | | {whole.alone:.1%} |",
        f"| 真正错的单元格在所列之中的 | | {whole.shown:.1%} |",
        f"| 两处错误同在：看出来的 | | {_share(pairs, 'seen'):.1%}（{len(pairs)} 处） |",
        f"| 两处错误同在：排在第一的 | | {_share([s for s in pairs if s.kind.cell], 'first'):.1%} |",
        "",
        "## 各种错误（一份报表里一处）",
        "",
        "| 错误 | 放了 | 有规则相关 | 看出来 | 退回 | 提问 | 勾稽差异 | 定位第一 | 独自第一 | 在所列之中 | 成因判对 |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(_row(kind, [s for s in single if s.kind.name == kind.name]) for kind in KINDS),
        "",
        "“有规则相关”（硬性等式）以后的各列只数有这种规则相关的；“–”是这种错误没有可定位的格，或没有可叫的名字。",
        "两处错误同在的区县，有一份报表退回的，本试验里这一夜不再作勾稽：只有勾稽才看得出的另一处，要等更正以后。",
        "一笔退税分列两行不是错误，“看出来”指认出是分笔而不报差异。",
        "",
        "## 看不出来的，和为什么",
        "",
        f"{len(single)} 处里有 {len(unbound)} 处没有等式相关；其中 {sum(s.seen for s in unbound)} 处仍由上下限、变动幅度、勾稽等看了出来，"
        f"其余 {sum(not s.seen for s in unbound)} 处看不出来：",
        "",
        *_unseen(unbound),
        "",
        "台账里不进任何汇总的数（利率、天数、单笔金额等）只受上下限约束；整列一起错时合计仍然成立，要靠与上月比较。",
        "有规则相关而没有看出来的（改动没有超出各数舍入允许的范围，或规则所用的另一数同时改动）：",
        "",
        *_missed([s for s in single if s.bound and not s.seen]),
        "",
    ]
    return "\n".join(lines)


def _row(kind: Kind, scored: Sequence[Scored]) -> str:
    bound = [s for s in scored if s.bound]

    def count(what: str) -> str:
        return str(sum(getattr(s, what) for s in bound))

    cells = [count(w) for w in ("first", "alone", "shown")] if kind.cell else ["–"] * 3
    cause = count("cause_right") if kind.cause else "–"
    told = [
        str(len(scored)),
        str(len(bound)),
        *(count(w) for w in ("seen", "hard", "soft", "difference")),
        *cells,
        cause,
    ]
    return f"| {kind.title} | {' | '.join(told)} |"


def _unseen(unbound: Sequence[Scored]) -> list[str]:
    columns = sorted({s.place for s in unbound if not s.seen})
    return ["、".join(f"`{c}`" for c in columns) or "无。"]


def _missed(scored: Sequence[Scored]) -> list[str]:
    return [f"- {s.kind.title}：`{s.place}`" for s in scored] or ["无。"]
