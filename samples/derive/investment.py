"""F15 and F20 of the truth: projects with their steps, and the approvals that they need."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from catalogue.load import load
from samples.construction import Approval
from samples.derive.rows import date_light, label, yes
from samples.draws import FEN_PER_WAN, rounded
from samples.filing import Row, Sheet
from samples.investment import OPERATING, STEPS, Project
from samples.truth import Truth
from transforms.period import last_day


def derive_f15(truth: Truth, period: str) -> tuple[Sheet, ...]:
    rows = tuple(_approval(a, last_day(period)) for a in truth.construction.told(period))
    note = "本表为本月受理、本月办结及上月结转在办的审批;审批用时按工作日计,受理当日不计。"
    return (Sheet(load().table("F15.approvals"), rows, note),)


def _approval(approval: Approval, end: date) -> Row:
    done = approval.done <= end
    supplied = approval.supplied
    return Row(
        {
            "approval_no": approval.number,
            "project_no": approval.project,
            "project_class": approval.project_class,
            "stage": approval.stage,
            "item_code": approval.item,
            "accept_date": approval.accepted,
            "done_date": approval.done if done else None,
            "days": approval.days if done else None,
            "promised_days": approval.promised,
            "tolerance": yes(supplied is not None),
            "supplied_date": supplied if supplied and supplied <= end else None,
            "is_online": yes(approval.online),
        }
    )


def derive_f20(truth: Truth, period: str) -> tuple[Sheet, ...]:
    investment, end = truth.investment, last_day(period)
    steps = [row for p in investment.under_way(period) for row in _steps(p, end)]
    return (
        Sheet(
            load().table("F20.projects"),
            tuple(_project(truth, p, period) for p in investment.told(period)),
            "项目逐月结转,终止的项目保留原行;外币合同按签约日汇率折算为人民币。",
        ),
        Sheet(load().table("F20.countdown"), tuple(steps), "本表为在建项目;剩余天数为计划完成日减统计期末。"),
    )


def _yi(fen: int) -> Decimal:
    """Money as a form in 亿元 with four decimals shows it."""
    return rounded(Decimal(fen) / FEN_PER_WAN / 10_000, 4)


def _project(truth: Truth, project: Project, period: str) -> Row:
    registered, operating = project.reached(project.dates[0], period), project.reached(project.dates[5], period)
    issue = truth.issues.open_of(project.firm, period) if registered else None
    tracked = project.dates[5] if project.stage(period) == OPERATING else project.tracked[period]
    if project.ended and project.ended <= last_day(period):
        tracked = project.ended
    return Row(
        {
            "project_no": project.number,
            "project_name": project.name,
            "investor": project.investor,
            "uscc": project.firm.uscc if registered else None,
            "industry_chain": project.chain,
            "area": project.firm.area,
            "sign_date": project.signed,
            "contract_amount": _yi(project.amount),
            "currency": project.currency,
            "start_date": project.reached(project.started, period),
            "operate_date": operating,
            "stage": project.stage(period),
            "paid_ytd": _yi(project.paid_ytd(period)),
            "paid_all": _yi(project.paid_all(period)),
            "agent": project.agent,
            "agent_phone": "023-67005200",
            "last_track": tracked,
            "issue_no": issue.number if issue else None,
            "revisit_date": project.revisited(period),
        }
    )


def _steps(project: Project, end: date) -> Iterator[Row]:
    for number, ((name, owner), day) in enumerate(zip(STEPS, project.dates, strict=True), 1):
        done = day <= end and (project.ended is None or day < project.ended)
        yield Row(
            {
                "project_no": project.number,
                "step_no": number,
                "step_name": name,
                "owner_dept": label("departments", owner),
                "planned_date": day,
                "actual_date": day if done else None,
                "days_left": None if done else (day - end).days,
                "light": date_light(day, end, done=done),
            }
        )
