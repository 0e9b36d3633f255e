"""Formats added to the style part of a workbook. What is there keeps its number, so no cell of it changes."""

import re
from functools import cache
from typing import NamedTuple

from workbooks.receipts.markup import Xml, put_in
from workbooks.receipts.package import CannotAnnotate


class Look(NamedTuple):
    """How a cell of the first sheet looks. Colours are RRGGBB, "" for none."""

    font: str = "仿宋_GB2312"
    size: int = 11
    bold: bool = False
    ink: str = ""
    fill: str = ""
    grid: bool = False
    across: str = "left"
    down: str = "top"
    wrap: bool = True
    underline: bool = False
    unlocked: bool = False


class Styles:
    """The style part of a workbook and what is to be put behind the items of its sections."""

    def __init__(self, part: Xml) -> None:
        self._part = part
        self._added: dict[str, list[str]] = {}
        self._known: dict[str, int] = {}
        self.cell = cache(self._cell)
        self.mark = cache(self._mark)

    def text(self) -> str:
        """The part with all that was added. Raises CannotAnnotate where a section that Excel always writes is missing."""
        whole, p = self._part, self._part.prefix
        for section, items in self._added.items():
            found = whole.section(section)
            if found is None:
                raise CannotAnnotate(f"styles without {section}")
            tag = p + section
            others = re.sub(r"""\s*count\s*=\s*("[^"]*"|'[^']*')""", "", found[1]).strip()
            start = f'<{tag} count="{self._known[section] + len(items)}"' + (f" {others}>" if others else ">")
            laid = f"{start}{found[2] or ''}{''.join(items)}</{tag}>"
            whole = Xml(f"{whole.text[: found.start()]}{laid}{whole.text[found.end() :]}")
        return whole.text

    def _cell(self, look: Look) -> int:
        """Number of the cell format of a look."""
        return self._add("cellXfs", "xf", self._xf(look))

    def _mark(self, fill: str, ink: str) -> int:
        """Number of the format that a conditional format lays over a cell."""
        p = self._part.prefix
        if self._part.section("dxfs") is None:
            found = self._part.section("cellStyles") or self._part.section("cellXfs")
            if found is None:
                raise CannotAnnotate("styles without cellXfs")
            self._part = Xml(put_in(self._part.text, found.end(), f'<{p}dxfs count="0"></{p}dxfs>'))
        return self._add(
            "dxfs",
            "dxf",
            f'<{p}dxf><{p}font><{p}color rgb="FF{ink}"/></{p}font>'
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{fill}"/><{p}bgColor rgb="FF{fill}"/>'
            f"</{p}patternFill></{p}fill></{p}dxf>",
        )

    def _xf(self, look: Look) -> str:
        p = self._part.prefix
        tags = [f"<{p}b/>"] * look.bold + [f"<{p}u/>"] * look.underline + [f'<{p}sz val="{look.size}"/>']
        tags += [f'<{p}color rgb="FF{look.ink}"/>'] * bool(look.ink) + [f'<{p}name val="{look.font}"/>']
        font = self._add("fonts", "font", f"<{p}font>{''.join(tags)}</{p}font>")
        fill = border = 0
        if look.fill:
            solid = f'<{p}patternFill patternType="solid"><{p}fgColor rgb="FF{look.fill}"/></{p}patternFill>'
            fill = self._add("fills", "fill", f"<{p}fill>{solid}</{p}fill>")
        if look.grid:
            colour = f'<{p}color rgb="FF7F7F7F"/>'
            sides = "".join(
                f'<{p}{side} style="thin">{colour}</{p}{side}>' for side in ("left", "right", "top", "bottom")
            )
            border = self._add("borders", "border", f"<{p}border>{sides}<{p}diagonal/></{p}border>")
        wrap = ' wrapText="1"' if look.wrap else ""
        lock = f'<{p}protection locked="0"/>' if look.unlocked else ""
        return (
            f'<{p}xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" applyFont="1" '
            f'applyFill="1" applyBorder="1" applyAlignment="1" applyProtection="1">'
            f'<{p}alignment horizontal="{look.across}" vertical="{look.down}"{wrap}/>{lock}</{p}xf>'
        )

    def _add(self, section: str, item: str, told: str) -> int:
        """Put one item at the end of a section, unless it was put there before; returns its number."""
        if section not in self._added:
            found = self._part.section(section)
            inner = found[2] or "" if found else ""
            self._known[section] = len(re.findall(rf"<{self._part.prefix}{item}(?=[\s/>])", inner))
            self._added[section] = []
        added = self._added[section]
        if told not in added:
            added.append(told)
        return self._known[section] + added.index(told)
