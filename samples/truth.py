"""The truth of the sample district 江北区: events from which every department's return is derived.

Money is counted in 分, everything is whole numbers; the same seed gives the same truth. What the seed texts tell
for 2022-08 is met exactly: 17514 new entities (12272 a year before), 6824 (5653) private, 10506 (6480)
self-employed; 1329 items, 32888 legal and 3564 promised working days, 876 instant items. All else is made up.
"""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from samples.assessment import Assessment, draw_assessment
from samples.awards import POSTAGE, SEALS, Awards, draw_awards
from samples.construction import Construction, draw_construction
from samples.court import Court, draw_court
from samples.employment import Employment, draw_employment
from samples.entities import Entities, draw_entities
from samples.inspection import Inspection, draw_inspection
from samples.investment import Investment, draw_investment
from samples.issues import Issues, draw_issues
from samples.loans import Loans, draw_loans
from samples.packages import Packages, draw_packages
from samples.post import Post, draw_post
from samples.procurement import Procurement, draw_procurement
from samples.property import Property, draw_property
from samples.ratings import Ratings, draw_ratings
from samples.reform import Reform, draw_reform
from samples.services import Services, draw_services
from samples.tax_service import TaxService, draw_tax_service
from samples.taxes import Taxes, draw_taxes
from samples.technology import Technology, draw_technology
from samples.tendering import Tendering, draw_tendering
from samples.utilities import Utilities, draw_utilities
from transforms.period import QUARTERLY, ending_with, months_between

SEED = 20220831
PERIODS = tuple(months_between("2021-01", "2022-08"))
QUARTERS = tuple(q for m in PERIODS if (q := ending_with(m, QUARTERLY)))


@dataclass(frozen=True)
class Truth:
    """What really happened in 江北区, month by month."""

    seed: int
    periods: tuple[str, ...]
    entities: Entities
    taxes: Taxes
    services: Services
    loans: Loans
    ratings: Ratings
    packages: Packages
    post: Post
    property: Property
    tendering: Tendering
    court: Court
    tax_service: TaxService
    assessment: Assessment
    technology: Technology
    utilities: Utilities
    procurement: Procurement
    construction: Construction
    inspection: Inspection
    employment: Employment
    investment: Investment
    issues: Issues
    reform: Reform
    awards: Awards


@lru_cache(maxsize=4)
def make_truth(seed: int = SEED) -> Truth:
    """The whole truth from 2021-01 to 2022-08. Each field draws from a stream of its own: a change in one leaves the
    others as they were."""
    periods = list(PERIODS)

    def stream(name: str) -> Random:
        return Random(f"{seed}/{name}")

    entities, taxes = draw_entities(stream("entities"), periods), draw_taxes(stream("taxes"), periods)
    services = draw_services(stream("services"), periods)
    loans = draw_loans(stream("loans"), periods)
    ratings = draw_ratings(stream("ratings"), periods, services)
    packages = draw_packages(stream("packages"), periods)
    technology = draw_technology(stream("technology"), periods, loans)
    investment = draw_investment(stream("investment"), periods)
    post = draw_post(stream("post"), periods, services)
    assessment = draw_assessment(stream("assessment"), periods, QUARTERS)
    settled = {
        SEALS: {m: entities.seal_cost(m) for m in periods},
        POSTAGE: {m: post.cost(m) for m in periods},
    }
    return Truth(
        seed=seed,
        periods=PERIODS,
        entities=entities,
        taxes=taxes,
        services=services,
        loans=loans,
        ratings=ratings,
        packages=packages,
        technology=technology,
        utilities=draw_utilities(stream("utilities"), periods, investment),
        procurement=draw_procurement(stream("procurement"), periods),
        construction=draw_construction(stream("construction"), investment),
        inspection=draw_inspection(stream("inspection"), periods, entities),
        employment=draw_employment(stream("employment"), periods),
        investment=investment,
        issues=draw_issues(stream("issues"), periods, investment, ratings, packages, assessment),
        reform=draw_reform(stream("reform"), periods),
        awards=draw_awards(stream("awards"), periods, technology, settled),
        post=post,
        property=draw_property(stream("property"), periods, services, post),
        tendering=draw_tendering(stream("tendering"), periods),
        court=draw_court(stream("court"), periods),
        tax_service=draw_tax_service(stream("tax_service"), periods, entities, taxes),
        assessment=assessment,
    )
