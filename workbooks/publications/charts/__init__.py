"""Native charts of the published workbooks, bound to the cells of a block: upright columns, lying bars, lines.

What they share – fonts in print size, fills that black-and-white print keeps apart, axes – stands in `look`.
"""

from workbooks.publications.charts.draw import add_chart
from workbooks.publications.charts.look import ChartPlace

__all__ = ["ChartPlace", "add_chart"]
