"""What is due on a day, seen from the last day of a month: days left and the light of a date (reporting-system.md, §4)."""

from datetime import date

from transforms.model import Light


def days_left(due: date, cutoff: date) -> int:
    """Calendar days from the cut-off day to the due day, as F20 tells them; negative: overdue by so many."""
    return (due - cutoff).days


def date_light(due: date | None, cutoff: date, *, done: bool, ahead: int) -> Light:
    """绿 done or more than `ahead` days left (Thresholds.days_left), 黄 at most so many left, 红 passed, 灰 without a due day."""
    if done:
        return Light.GREEN
    if due is None:
        return Light.GREY
    left = days_left(due, cutoff)
    return Light.GREEN if left > ahead else Light.YELLOW if left >= 0 else Light.RED
