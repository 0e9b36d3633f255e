"""From the truth to what each department files: the tables of the returns of 江北区, as their forms show them.

One module a field; a return is derived by the function that stands here under its form.
"""

from collections.abc import Callable, Mapping

from samples.derive.assessment import derive_f25
from samples.derive.court import derive_f19
from samples.derive.entities import derive_f03
from samples.derive.inspection import derive_f17, derive_f18
from samples.derive.investment import derive_f15, derive_f20
from samples.derive.issues import derive_f21, derive_f23
from samples.derive.loans import derive_f09, derive_f10
from samples.derive.packages import derive_f08
from samples.derive.post import derive_f07
from samples.derive.procurement import derive_f13
from samples.derive.property import derive_f16
from samples.derive.ratings import derive_f06
from samples.derive.reform import derive_f22
from samples.derive.services import derive_f05
from samples.derive.tax_relief import derive_f01
from samples.derive.tax_service import derive_f04, derive_f24
from samples.derive.technology import derive_f11
from samples.derive.tendering import derive_f14
from samples.derive.treasury import derive_f02
from samples.derive.utilities import derive_f12
from samples.filing import Sheet
from samples.truth import Truth

DERIVED: Mapping[str, Callable[[Truth, str], tuple[Sheet, ...]]] = {
    "F01": derive_f01,
    "F02": derive_f02,
    "F03": derive_f03,
    "F04": derive_f04,
    "F05": derive_f05,
    "F06": derive_f06,
    "F07": derive_f07,
    "F08": derive_f08,
    "F09": derive_f09,
    "F10": derive_f10,
    "F14": derive_f14,
    "F16": derive_f16,
    "F19": derive_f19,
    "F24": derive_f24,
    "F25": derive_f25,
    "F11": derive_f11,
    "F12": derive_f12,
    "F13": derive_f13,
    "F15": derive_f15,
    "F17": derive_f17,
    "F18": derive_f18,
    "F20": derive_f20,
    "F21": derive_f21,
    "F22": derive_f22,
    "F23": derive_f23,
}
"""Form → truth and period → sheets."""


def derive(truth: Truth, form: str, period: str) -> tuple[Sheet, ...]:
    """The sheets of one return of 江北区 for one period (a month, or a quarter of a quarterly return)."""
    return DERIVED[form](truth, period)
