"""Periods, days and editions in the words of a language."""

import calendar
from datetime import date, datetime

from catalogue.languages import CHINESE, Language
from transforms import period as months
from transforms.narrate import chinese_day


def period_in(period: str, language: Language) -> str:
    """2022年8月, August 2022; 2022年三季度, Q3 2022."""
    if language == CHINESE:
        return months.chinese(period)
    if months.is_quarter(period):
        return f"{period[4:]} {period[:4]}"
    year, number = months.split(period)
    return f"{calendar.month_name[number]} {year}"


def month_in(period: str, language: Language) -> str:
    """8月, Aug."""
    number = months.split(period)[1]
    return f"{number}月" if language == CHINESE else calendar.month_abbr[number]


def issue_in(period: str, language: Language) -> str:
    """2022年第8期, No. 8 of 2022."""
    year, number = months.split(period)
    return f"{year}年第{number}期" if language == CHINESE else f"No. {number} of {year}"


def day_in(day: date, language: Language) -> str:
    """2022年8月31日, 31 August 2022."""
    return chinese_day(day) if language == CHINESE else f"{day.day} {calendar.month_name[day.month]} {day.year}"


def edition_in(edition: int, as_of: datetime, language: Language) -> str:
    """第2版(截至2022-09-14 02:30已受理数据)."""
    moment = f"{as_of:%Y-%m-%d %H:%M}"
    if language == CHINESE:
        return f"第{edition}版(截至{moment}已受理数据)"
    return f"Edition {edition} (returns accepted by {moment}, Asia/Shanghai)"


def file_name(title: str, district: str, period: str, edition: int, language: Language, note: str = "") -> str:
    """江北区优化营商环境月调度表(2022年8月)(第2版).xlsx."""
    name = language.say(title).format(district=language.say(district))
    told = period_in(period, language)
    if language == CHINESE:
        return f"{name}({told}){note}{'' if edition == 1 else f'(第{edition}版)'}.xlsx"
    later = "" if edition == 1 else f" (edition {edition})"
    return f"{name} ({told}){f' {language.say(note)}' if note else ''}{later}.xlsx"
