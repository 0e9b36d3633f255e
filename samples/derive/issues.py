"""F21 and F23 of the truth: issues and visits, awards and what is settled with suppliers."""

from datetime import date

from catalogue.load import load
from samples.awards import Award
from samples.derive.rows import date_light, label
from samples.draws import shown_wan
from samples.filing import Row, Sheet
from samples.issues import Issue
from samples.truth import Truth
from transforms.period import last_day


def derive_f21(truth: Truth, period: str) -> tuple[Sheet, ...]:
    issues, end = truth.issues, last_day(period)
    pairs = tuple(
        Row(
            {
                "uscc": p.firm.uscc,
                "firm_name": p.firm.name,
                "officer": p.officer,
                "since": p.since,
                "visits_m": p.visits.get(period, 0),
                "visits_ytd": issues.visits_ytd(p, period),
            }
        )
        for p in issues.pairs_told(period)
    )
    note = "本表为本月受理、本月办结及上月结转未办结的问题。"
    rows = tuple(_issue(i, end) for i in issues.told(period))
    return (
        Sheet(load().table("F21.issues"), rows, note),
        Sheet(load().table("F21.pairs"), pairs, "一户企业一名在任专员。"),
    )


def _issue(issue: Issue, end: date) -> Row:
    done = issue.done <= end
    return Row(
        {
            "issue_no": issue.number,
            "source": issue.source,
            "uscc": issue.firm.uscc if issue.firm else None,
            "firm_name": issue.firm.name if issue.firm else None,
            "chain": issue.chain,
            "received_on": issue.received,
            "category": issue.category,
            "content": issue.content,
            "grade": issue.grade,
            "lead_dept": label("departments", issue.lead),
            "person": issue.person,
            "due_date": issue.due,
            "done_on": issue.done if done else None,
            "result": issue.result if done else None,
            "confirmed": issue.confirmed if done else "未确认",
            "revisit_on": issue.revisited if issue.revisited <= end else None,
            "light": date_light(issue.due, end, done=done),
        }
    )


def derive_f23(truth: Truth, period: str) -> tuple[Sheet, ...]:
    rows = tuple(_award(a, paid=a.is_paid(period)) for a in truth.awards.told(period))
    return (Sheet(load().table("F23.awards"), rows, "本表为本年审定及上年结转未兑现的奖补;刻章、寄递费用次月结算。"),)


def _award(award: Award, *, paid: bool) -> Row:
    return Row(
        {
            "award_no": award.number,
            "policy": award.policy,
            "doc_no": award.document,
            "dept_code": label("departments", award.department),
            "uscc": award.firm.uscc,
            "granted": shown_wan(award.granted),
            "granted_on": award.granted_on,
            "paid": shown_wan(award.granted if paid else 0),
            "paid_on": award.paid_on if paid else None,
            "treasury_no": award.treasury_no if paid else None,
            "unpaid": shown_wan(0 if paid else award.granted),
            "award_kind": award.kind,
        }
    )
