"""The words by which our first sheet is known again when a receipt comes back. Imported by the reading worker: no Polars."""

TITLE = "报 表 回 执"
NUMBER_LABEL = "回执编号"
HEADERS = ("序号", "类别", "规则", "位置", "所报", "应为", "问题", "怎么办", "本单位说明")
EXPLANATION = HEADERS[-1]
IDENTITY = "标识"
