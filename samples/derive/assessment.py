"""F25 of the truth: the district's figures and the assessment of its units, quarter by quarter."""

from decimal import Decimal

from catalogue.load import load
from samples.assessment import CONTEXT, assessed_units
from samples.derive.rows import label
from samples.draws import shown_growth
from samples.filing import Row, Sheet
from samples.truth import Truth
from transforms.period import year_ago


def derive_f25(truth: Truth, quarter: str) -> tuple[Sheet, ...]:
    return (_context(truth, quarter), _units(truth, quarter))


def _context(truth: Truth, quarter: str) -> Sheet:
    rows = []
    for indicator, facts in CONTEXT.items():
        now, base = (truth.assessment.context[indicator, q] for q in (quarter, year_ago(quarter)))
        rows.append(
            Row(
                {
                    "indicator_code": label("context_indicators", indicator),
                    "value_ytd": _shown(now),
                    "value_ytd_ly": _shown(base),
                    "yoy": shown_growth(now, base),
                    "status": facts.state,
                }
            )
        )
    return Sheet(load().table("F25.context"), tuple(rows), "同比按现价计算,不是可比价增速。")


def _units(truth: Truth, quarter: str) -> Sheet:
    found = {unit: truth.assessment.units[unit, quarter] for unit in assessed_units()}
    scores = sorted((a.score for a in found.values()), reverse=True)
    warned = truth.assessment.warnings(quarter)
    rows = [
        Row(
            {
                "unit_code": label("assessed_units", unit),
                **{part: _shown(points) for part, points in facts.parts.items()},
                "deduct": _shown(facts.deduct),
                "score": _shown(facts.score),
                "rank": 1 + scores.index(facts.score),
                "warnings": sum(w.unit == unit for w in warned),
                "corrected": sum(w.unit == unit and w.corrected for w in warned),
            }
        )
        for unit, facts in found.items()
    ]
    return Sheet(load().table("F25.assessment"), tuple(rows), "总分为五项得分之和减扣分;同分同名次。")


def _shown(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-2)
