"""F17 and F18 of the truth: inspections and rates, labour and job fairs."""

from decimal import Decimal

from catalogue.load import load
from samples.derive.rows import label, yes
from samples.draws import rounded, shown_wan
from samples.employment import BENEFITS, JOB_KEEPING, TARGETS
from samples.filing import Row, Sheet, Value
from samples.inspection import CREDIT_CODES, RATES, REPAIRS, Task
from samples.truth import Truth
from transforms.period import year_to_date


def derive_f17(truth: Truth, period: str) -> tuple[Sheet, ...]:
    tasks = tuple(map(_task, truth.inspection.tasks[period]))
    rates = tuple(_rate(truth, name, period) for name in (*RATES, CREDIT_CODES, REPAIRS))
    return (
        Sheet(load().table("F17.tasks"), tasks, "本表为本月完成公示的抽查任务。"),
        Sheet(load().table("F17.rates"), rates, "比率类指标以1.00为全部;户数、件数类指标无分母。"),
    )


def _task(task: Task) -> Row:
    return Row(
        {
            "task_no": task.number,
            "plan_no": task.plan,
            "lead_dept": label("departments", task.lead),
            "joint_depts": task.joint or None,
            "objects_n": task.objects,
            "ratio_plan": Decimal(task.ratio) / 100,
            "drawn_n": task.drawn,
            "inspected_n": task.inspected,
            "published_n": task.published,
            "inspectors_n": task.inspectors,
            "found_n": task.found,
            "publish_date": task.published_on,
            "is_random": yes(task.at_random),
        }
    )


def _rate(truth: Truth, name: str, period: str) -> Row:
    part, whole = truth.inspection.rates[name, period]
    value = rounded(Decimal(part) / whole if whole else Decimal(part), 2)
    return Row({"rate_code": name, "num": part, "den": whole or None, "value": value})


def derive_f18(truth: Truth, period: str) -> tuple[Sheet, ...]:
    names = [code.code for code in load().code_lists["labour_indicators"].codes]
    fairs = tuple(
        Row(
            {
                "fair_no": f.number,
                "fair_date": f.day,
                "firms": f.firms,
                "posts": f.posts,
                "intents": f.intents,
                "hires": f.hires,
            }
        )
        for f in truth.employment.fairs_told(period)
    )
    return (
        Sheet(
            load().table("F18.indicators"),
            tuple(_indicator(truth, n, period) for n in names),
            "各指标单位以指标名称为准。",
        ),
        Sheet(load().table("F18.fairs"), fairs, "本表为本年各场招聘会。"),
    )


def _indicator(truth: Truth, name: str, period: str) -> Row:
    employment, awards = truth.employment, truth.awards
    months = year_to_date(period)
    if name == JOB_KEEPING:
        month, ytd = len(awards.paid(name, [period])), len(awards.paid(name, months))
    else:
        month, ytd = employment.flows[name, period], employment.ytd(name, period)
    values: dict[str, Value] = {"indicator_code": name, "value_m": _number(month), "value_ytd": _number(ytd)}
    if name in TARGETS:
        values["target"] = _number(TARGETS[name])
    if name == BENEFITS:
        values["avg_days"] = Decimal(employment.days[period]) / 10
    if name == JOB_KEEPING:
        values["subsidy"] = shown_wan(sum(a.granted for a in awards.paid(name, months)))
    return Row(values)


def _number(value: int) -> Decimal:
    return rounded(Decimal(value), 2)
