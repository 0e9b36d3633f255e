"""Made-up firms: codes with the check digits of GB 11714 and GB 32100, names that nobody bears, hashed keys."""

import hashlib
from dataclasses import dataclass
from random import Random

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Characters of 统一社会信用代码 (GB 32100-2015): no I, O, S, V, Z."""

_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SALT = "月季样本"


def check_character(first17: str) -> str:
    """The 18th character of a 统一社会信用代码: weights 3^i mod 31, sum ≡ 0 mod 31."""
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return ALPHABET[-total % 31]


def organisation_check(first8: str) -> str:
    """The 9th character of an organisation code (GB 11714)."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(_ORGANISATION.index(c) * w for c, w in zip(first8, weights, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def draw_credit_code(rng: Random, area: str = "500105") -> str:
    body = "MA" + "".join(rng.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(6))
    first17 = "91" + area + body + organisation_check(body)
    return first17 + check_character(first17)


def hashed(code: str) -> str:
    """The salted key under which a firm appears in circulated ledgers: 16 hexadecimal digits."""
    return hashlib.sha256(f"{_SALT}/{code}".encode()).hexdigest()[:16].upper()


@dataclass(frozen=True, slots=True)
class Firm:
    uscc: str
    name: str
    industry: str
    size: str
    area: str

    @property
    def key(self) -> str:
        return hashed(self.uscc)


_TRADES = {
    "C": "机械制造",
    "E": "建筑工程",
    "F": "商贸",
    "G": "供应链",
    "H": "餐饮管理",
    "I": "信息技术",
    "L": "商务服务",
    "M": "科技",
    "O": "生活服务",
}
_AREAS = (
    "华新街街道",
    "江北城街道",
    "石马河街道",
    "大石坝街道",
    "寸滩街道",
    "观音桥街道",
    "五里店街道",
    "郭家沱街道",
    "铁山坪街道",
    "鱼嘴镇",
    "复盛镇",
    "鱼复工业园区",
    "港城工业园区",
)
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


def draw_firms(rng: Random, count: int, sizes: str) -> list[Firm]:
    """So many firms of different codes; `sizes` is drawn from as it stands (小小微 favours 小)."""
    firms: dict[str, Firm] = {}
    while len(firms) < count:
        uscc, number = draw_credit_code(rng), len(firms) + 1
        industry = rng.choice(sorted(_TRADES))
        name = f"重庆{_STEMS[number % 10]}{_BRANCHES[number % 12]}{number:03d}{_TRADES[industry]}有限公司"
        firms[uscc] = Firm(uscc, name, industry, rng.choice(sizes), rng.choice(_AREAS))
    return list(firms.values())
