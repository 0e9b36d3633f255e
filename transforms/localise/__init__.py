"""Which cell is most likely wrong: violated equations over told cells → ranked sets of suspect cells (Fellegi and Holt)."""

from transforms.localise.differences import name_suspects
from transforms.localise.equations import EQUATIONS, edit_equations
from transforms.localise.evidence import evidence_of
from transforms.localise.findings import locate
from transforms.localise.sentences import say
from transforms.localise.sets import EVIDENCE, SUSPECTS, Localised, localise

__all__ = [
    "EQUATIONS",
    "EVIDENCE",
    "SUSPECTS",
    "Localised",
    "edit_equations",
    "evidence_of",
    "localise",
    "locate",
    "name_suspects",
    "say",
]
