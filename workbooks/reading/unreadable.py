"""Why a file cannot be read at all, in the words the department gets.

Codes are stable: receipts, the journal and the documentation refer to them.
"""

from typing import Any

_SAVE_AS = "请用 Excel 或 WPS 打开后另存为“Excel 工作簿（*.xlsx）”再报。"
_USE_TEMPLATE = "请把数据填入下发的模板，保存后再报。"

SENTENCES: dict[str, str] = {
    # What kind of file it is
    "empty_file": "文件是空的（0 字节），可能没有传完。请重新上传。",
    "encrypted": "文件设有打开密码，系统无法读取。请在“文件—信息—保护工作簿”中取消密码，保存后再报。",
    "web_page": "文件实际是网页，其中没有表格。" + _SAVE_AS,
    "web_archive": "文件实际是单个文件网页（.mht）。" + _SAVE_AS,
    "text_encoding": "文本文件的编码无法识别。请用 Excel 或 WPS 打开，核对文字无误后，另存为“Excel 工作簿（*.xlsx）”再报。",
    "picture": "文件是图片，不是 Excel 工作簿。" + _USE_TEMPLATE,
    "pdf": "文件是 PDF，不是 Excel 工作簿。" + _USE_TEMPLATE,
    "archive": "文件是压缩包，其中没有可以直接读取的工作簿。请解压后逐个报送其中的 .xlsx 文件。",
    "packed": "文件是 RAR、7z 或 GZ 压缩包，系统只能解开 .zip。请解压后逐个报送，或改用 .zip 打包。",
    "nested_archive": "压缩包里还有压缩包（{found}）。请解开后逐个报送，或只打一层包。",
    "empty_archive": "压缩包里没有文件。请放入要报送的工作簿后重新打包。",
    "same_names": "压缩包里有同名文件（{found}），无法确定以哪个为准。请改名或删去多余的一个，再重新打包。",
    "too_many_members": "压缩包里有 {found:,} 个文件，超过上限 {limit:,} 个。请只放要报送的工作簿，或分成几个包。",
    "no_table": "没有找到任何一张报表的表头，无法识别是哪张报表。请使用下发的模板，不要改动表头，填好后再报。",
    "receipt_alone": "这份回执里只有“回执”一页，没有报表。说明请写在原表下方“说明:”一行，连同原表重新投放。",
    "not_workbook": "文件不是 Excel 工作簿，也不是能读取的其他表格文件。" + _SAVE_AS,
    # What is wrong inside
    "damaged": "文件已损坏或没有传完，无法打开。请用 Excel 或 WPS 打开检查，另存一份后重新上传。",
    "duplicate_parts": "文件内部有重名的部件，内容有歧义。" + _SAVE_AS,
    "part_names": "文件内部有不合规的部件路径，可能被其他软件改动过。" + _SAVE_AS,
    "document_type": "文件内部含有 DTD 声明，出于安全不予读取。" + _SAVE_AS,
    "encoding": "文件内部使用了不允许的字符编码（{found}）。" + _SAVE_AS,
    "duplicate_cells": "工作表中单元格 {found} 出现两次，无法确定以哪个为准。" + _SAVE_AS,
    # What is too much
    "file_size": "文件有 {found:,} 字节，超过上限 {limit:,} 字节。请删去图片、附件和无关工作表后再报。",
    "unzipped_size": "文件解压后有 {found:,} 字节，超过上限 {limit:,} 字节。请删去无关工作表和多余格式后再报。",
    "compression_ratio": "文件压缩比异常（{found} 倍，上限 {limit} 倍）。请把数据复制到下发的模板，保存后再报。",
    "too_many_parts": "文件内部有 {found:,} 个部件，超过上限 {limit:,} 个。请删去图片、批注和无关工作表后再报。",
    "too_many_sheets": "文件有 {found:,} 个工作表，超过上限 {limit:,} 个。请只保留本报表的工作表后再报。",
    "too_many_cells": "文件有 {found:,} 个单元格，超过上限 {limit:,} 个。请清除数据区以外的格式和空行后再报。",
    "too_many_merges": "文件有 {found:,} 处合并单元格，超过上限 {limit:,} 处。请取消数据区的合并单元格后再报。",
    "merged_area": "合并单元格共覆盖 {found:,} 格，超过上限 {limit:,} 格。请取消整行、整列或整表的合并后再报。",
    # What happened while reading
    "memory": "读取文件所需内存超过上限。请清除数据区以外的格式和空行，或拆分后再报。",
    "timeout": "文件在 {limit:g} 秒内没有读完。请清除数据区以外的格式和空行后再报。",
    "killed": "读取文件时程序异常终止。请把数据复制到下发的模板，保存后再报。",
    "reader_error": "系统读取该文件时出错，已记录，请联系营商办技术人员处理。",
    "unavailable": "文件在读取时已不存在或无法打开，可能已被移动或正被占用。请关闭文件后重新上传。",
}


class UnreadableReturn(Exception):
    """The file cannot be opened as a workbook: ask the department for it again.

    Attributes:
        code: Stable short code, a key of SENTENCES.
        sentence: Chinese, for the department: what is wrong and what to do.
        detail: For operators: what the program saw. May be empty.
    """

    def __init__(self, code: str, detail: str = "", facts: dict[str, Any] | None = None) -> None:
        # All three go to `args`, so that the exception survives the way back from the worker process.
        super().__init__(code, detail, facts or {})
        self.code = code
        self.detail = detail
        self.sentence = SENTENCES[code].format(**(facts or {}))

    def __str__(self) -> str:
        return self.sentence
