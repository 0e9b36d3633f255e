"""F12 of the truth: applications that came in, are open, or were connected in the month."""

from datetime import date

from catalogue.load import load
from samples.derive.rows import yes
from samples.draws import shown_yuan
from samples.filing import Row, Sheet
from samples.truth import Truth
from samples.utilities import Application
from transforms.period import last_day


def derive_f12(truth: Truth, period: str) -> tuple[Sheet, ...]:
    rows = tuple(_application(a, last_day(period)) for a in truth.utilities.told(period))
    note = "本表为本月受理、本月接入及上月结转未接入的报装;用户耗时按工作日计,申请当日不计。"
    return (Sheet(load().table("F12.applications"), rows, note),)


def _application(application: Application, end: date) -> Row:
    kind, connected = application.kind, application.connected <= end

    def come(day: date | None) -> date | None:
        return day if day and day <= end else None

    filed, allowed = application.dig or (None, None)
    return Row(
        {
            "apply_no": application.number,
            "utility": kind.utility,
            "user_class": kind.user,
            "uscc": application.firm.uscc,
            "project_no": application.project or None,
            "apply_date": application.applied,
            "plan_date": come(application.planned),
            "dig_file_date": come(filed),
            "dig_done_date": come(allowed),
            "connect_date": come(application.connected),
            "user_days": application.days if connected else None,
            "docs_n": kind.docs,
            "steps_n": kind.steps,
            "user_cost_outside": shown_yuan(0),
            "is_online": yes(application.online),
            "target_days": kind.target,
        }
    )
