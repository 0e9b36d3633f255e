"""F06 of the truth: ratings by department and channel, and the ledger of the bad ones."""

from datetime import date

from catalogue.load import load
from samples.derive.rows import label
from samples.draws import shown_percent
from samples.filing import Row, Sheet
from samples.truth import Truth
from transforms.period import last_day


def derive_f06(truth: Truth, period: str) -> tuple[Sheet, ...]:
    rows = []
    for (department, channel, m), facts in truth.ratings.months.items():
        if m != period:
            continue
        marks = dict(zip(("g5", "g4", "g3", "g2", "g1"), facts.marks, strict=True))
        rows.append(
            Row(
                {
                    "dept_code": label("departments", department),
                    "channel": channel,
                    "ratable_m": facts.ratable,
                    "rated_m": facts.rated,
                    "active_rated_m": facts.active,
                    **marks,
                    "active_rate": shown_percent(facts.active, facts.ratable),
                    "good_rate": shown_percent(sum(facts.marks[:3]), facts.rated),
                }
            )
        )
    note = "应评办件与同期办结件一致;主动评价率=主动评价÷应评办件,好评率=(非常满意+满意+基本满意)÷收到评价。"
    return (Sheet(load().table("F06.ratings"), tuple(rows), note), _bad(truth, period))


def _bad(truth: Truth, period: str) -> Sheet:
    """What has not been done by the end of the month is left empty."""
    end = last_day(period)

    def by_then(day: date | None) -> date | None:
        return day if day and day <= end else None

    rows = [
        Row(
            {
                "rating_no": b.number,
                "case_no": b.case_no,
                "dept_code": label("departments", b.department),
                "rated_on": b.rated,
                "reason": b.reason,
                "verified": b.verified,
                "fixed_on": by_then(b.fixed),
                "answered_on": by_then(b.answered),
                "revisit_on": by_then(b.revisited),
                "issue_no": b.issue_no,
            }
        )
        for b in truth.ratings.bad_told(period)
    ]
    return Sheet(load().table("F06.bad"), tuple(rows), "本表为本年累计台账;尚未整改、反馈、回头看的,日期留空。")
