"""Lights that were set by hand, as a reader sees them: a sign beside the character and a comment on the cell.

The sign is part of the number format: the cell holds the bare character, so that it is filtered, counted and read by
other programs as any other light, and the sign is there on paper, where the corner of a comment is not.
"""

from collections.abc import Mapping
from typing import Any

from catalogue.languages import Language
from workbooks.formats import BODY_FONT, clean

SIGN = "※"
PATTERN = f'@"{SIGN}"'
NOTE = "注:带※的灯色由人工设定;设定人、日期、理由和计算灯色见单元格批注和“人工设定的灯色”一表。"
NONE = "无"
WIDTH, LINE, PER_LINE = 300, 20, 20
"""Of a comment: its width and the height of a line in pixels, and how many characters stand in a line."""
Decided = Mapping[str, Any]
"""What a person decided of a light (transforms.schedule.figures.DECIDED)."""


def sentence_of(decided: Decided | None) -> str:
    """人工设定为黄(计算为红),张三2022-09-12:…; of a light that nobody decided of: nothing."""
    if not decided:
        return ""
    to = f"人工设定为{decided['light']}(计算为{decided['computed'] or NONE})" if decided["light"] else "撤回人工设定"
    return f"{to},{decided['by']}{decided['at']:%Y-%m-%d}:{decided['reason']}"


def comment_of(decided: Decided, language: Language) -> tuple[str, dict[str, Any]]:
    """The text of the comment on a light that was set by hand, and how XlsxWriter is to show it."""
    told = {
        "设定项目": decided["subject"],
        "人工设定": language.say(decided["light"]),
        "计算灯色": language.say(decided["computed"] or NONE),
        "设定人": decided["by"],
        "设定日期": f"{decided['at']:%Y-%m-%d}",
        "设定理由": decided["reason"],
    }
    lines = [f"{language.say(label)}{language.mark(':')}{clean(value)}" for label, value in told.items()]
    height = LINE * (1 + sum(1 + len(line) // PER_LINE for line in lines))
    look = {"author": clean(decided["by"]), "font_name": BODY_FONT, "font_size": 10, "width": WIDTH, "height": height}
    return "\n".join(lines), look
