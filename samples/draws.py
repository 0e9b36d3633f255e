"""Whole-number draws and the arithmetic of what a form shows. No floats: money is counted in 分."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from random import Random

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000


def spread(total: int, weights: Sequence[int], least: int = 0) -> list[int]:
    """Whole numbers, each at least `least`, that add up to `total` and follow the weights (largest remainders)."""
    rest = total - least * len(weights)
    if rest < 0:
        raise ValueError(f"{total} cannot be spread over {len(weights)} parts of at least {least}")
    whole = sum(weights)
    parts = [rest * w // whole for w in weights]
    remainders = sorted(range(len(weights)), key=lambda i: (-(rest * weights[i] % whole), i))
    for i in remainders[: rest - sum(parts)]:
        parts[i] += 1
    return [part + least for part in parts]


def vary(rng: Random, level: int, per_mille: int) -> int:
    """`level` up or down by at most so many thousandths."""
    return level * (1000 + rng.randint(-per_mille, per_mille)) // 1000


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def shown_wan(fen: int) -> Decimal:
    """Money as a form in 万元 shows it: two decimals, half up."""
    return rounded(Decimal(fen) / FEN_PER_WAN, 2)


def shown_yuan(fen: int) -> Decimal:
    return rounded(Decimal(fen) / FEN_PER_YUAN, 2)


def shown_percent(part: int, whole: int, decimals: int = 2) -> Decimal:
    """Share in %, half up at the told decimals. The whole must not be zero."""
    return rounded(Decimal(part) * 100 / Decimal(whole), decimals)


def shown_growth(now: int, base: int) -> Decimal:
    return shown_percent(now - base, base)
