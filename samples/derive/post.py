"""F07 of the truth: parcels by department and direction, and the points of the post."""

from catalogue.load import load
from samples.derive.rows import label
from samples.draws import shown_yuan
from samples.filing import Row, Sheet
from samples.post import DIRECTIONS, POINTS, unit_price
from samples.truth import Truth


def derive_f07(truth: Truth, period: str) -> tuple[Sheet, ...]:
    post = truth.post
    parcels = []
    for department in truth.services.departments(period):
        for direction in DIRECTIONS:
            facts, price = post.parcels[department, direction, period], unit_price(direction, period)
            parcels.append(
                Row(
                    {
                        "dept_code": label("departments", department),
                        "direction": direction,
                        "parcels_m": facts.parcels,
                        "parcels_ytd": post.ytd(department, direction, period),
                        "parcels_all": post.since_it_began(department, direction, period),
                        "unit_price": shown_yuan(price),
                        "paid_amount": shown_yuan(price * facts.parcels),
                        "returned_m": facts.returned,
                    }
                )
            )
    points = []
    for code, name in POINTS.items():
        point = post.points[code, period]
        points.append(
            Row(
                {
                    "point_code": code,
                    "point_name": name,
                    "items_n": point.items,
                    "agency_m": point.cases,
                    "locker_open": point.locker_opening,
                    "locker_in": point.locker_in,
                    "locker_out": point.locker_out,
                    "locker_close": point.locker_closing,
                }
            )
        )
    note = "寄递费用由区政务服务办按合同单价支付;退件为本月件数的其中数。"
    return (
        Sheet(load().table("F07.parcels"), tuple(parcels), note),
        Sheet(load().table("F07.points"), tuple(points), "代办件次与各部门邮政代办受理件一致。"),
    )
