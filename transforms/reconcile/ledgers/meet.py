"""How entries that have no equal still meet: as parts of one key, or by party, amount and day.

Every stage takes what the stages before it left of both sides and returns what it leaves, so that a sum of one stage is
never counted in another.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

import polars as pl

from transforms.model import EXACT

OF_MONTH = ["district", "period"]
OF_KEY = [*OF_MONTH, "key"]
PARTS = 6
"""Lines of one side of a key whose sums are tried one by one (57 of them). More are held against each other as a whole."""
TRIED = 5_000
"""Keys whose parts are tried, of the most: two seconds."""

WAYS: Mapping[str, pl.DataType] = {
    "district": pl.String(),
    "period": pl.String(),
    "way": pl.String(),
    "keys": pl.Int64(),
    "left_n": pl.Int64(),
    "right_n": pl.Int64(),
    "half": EXACT,
}
"""How many entries met in a way: exact, split (sums of a key or of parts of it), rounded (sums that agree within the
rounding of both, which leaves `half` open) or party; untried: keys of too many lines to try their parts. `keys`: how many
keys (entries of exact, pairs of party)."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of both sides: SIDE with `id` (Int64), and WAYS so far."""

    left: pl.DataFrame
    right: pl.DataFrame
    ways: pl.DataFrame


def without_copies(rest: Rest) -> Rest:
    """Equal entries one against one: of what stands there twice here and once there, one is left, and known as a copy
    (`original`: where the first one stands)."""
    on = [*OF_KEY, "amount"]
    sides = [
        side.with_columns(
            nth=pl.int_range(pl.len()).over(on),
            original=pl.col("place").first().over(on),
        )
        for side in (rest.left, rest.right)
    ]
    left, right = (
        side.join(other, on=[*on, "nth"], how="anti", maintain_order="left") for side, other in (sides, sides[::-1])
    )
    copied = (pl.col("nth") > 0) & pl.col("key").is_not_null() & pl.col("amount").is_not_null()
    marked = (f.with_columns(original=pl.when(copied).then("original")).drop("nth") for f in (left, right))
    return Rest(next(marked), next(marked), rest.ways)


def sums_of_keys(rest: Rest) -> Rest:
    """One to many, many to one and many to many: all that is left of a key adds up to the same on both sides, exactly or
    within the rounding of both. Entries of one side alone meet where they cancel each other out."""
    sums = _sums(rest.left, "left").join(_sums(rest.right, "right"), on=OF_KEY, how="full", coalesce=True)
    left, right = (pl.col(f"{side}_sum").fill_null(Decimal(0)) for side in ("left", "right"))
    lines = pl.col("left_n").fill_null(0) + pl.col("right_n").fill_null(0)
    both = pl.col("left_n").is_not_null() & pl.col("right_n").is_not_null()
    told = ~(pl.col("left_untold").fill_null(False) | pl.col("right_untold").fill_null(False))
    # Nothing on one side is no rounding of something: without a line there is no digit that could be rounded.
    slack = pl.col("left_half") + pl.col("right_half")
    # One figure told twice with the same digits has no two values: rounding explains nothing there.
    twice = (lines == 2) & (pl.col("left_half") == pl.col("right_half"))
    way = (
        pl.when(told & (left == right) & (lines > 1))
        .then(pl.lit("split"))
        .when(told & both & ~twice & ((left - right).abs() <= slack))
        .then(pl.lit("rounded"))
    )
    met = sums.with_columns(way=way).filter(pl.col("way").is_not_null())
    open_half = pl.when(pl.col("way") == "rounded").then(slack).otherwise(pl.lit(Decimal(0), dtype=EXACT))
    return _taken(rest, met.select(*OF_KEY, "way", "left_n", "right_n", half=open_half))


def _sums(side: pl.DataFrame, name: str) -> pl.DataFrame:
    amount = pl.col("amount")
    of_key = side.filter(pl.col("key").is_not_null()).group_by(OF_KEY)
    return of_key.agg(
        amount.sum().alias(f"{name}_sum"),
        pl.col("half").sum().alias(f"{name}_half"),
        amount.is_null().any().alias(f"{name}_untold"),
        pl.len().cast(pl.Int64).alias(f"{name}_n"),
    )


def _taken(rest: Rest, met: pl.DataFrame) -> Rest:
    ways = met.group_by(*OF_MONTH, "way").agg(pl.col("left_n", "right_n", "half").sum(), keys=pl.len().cast(pl.Int64))
    left, right = (side.join(met, on=OF_KEY, how="anti", maintain_order="left") for side in (rest.left, rest.right))
    return Rest(left, right, pl.concat([rest.ways, ways.select(list(WAYS))]))


def parts_of_keys(rest: Rest) -> Rest:
    """One line against several of the same key that add up to it, while other lines of that key do not agree.

    Bounded: keys of more than PARTS lines on a side, and keys beyond the first TRIED, are left as they are and counted
    as untried.
    """
    counts = [side.filter(pl.col("amount").is_not_null()).group_by(OF_KEY).len() for side in (rest.left, rest.right)]
    both = counts[0].join(counts[1], on=OF_KEY, suffix="_right").filter(pl.col("len") + pl.col("len_right") > 2)
    few = both.filter(pl.max_horizontal("len", "len_right") <= PARTS).sort(OF_KEY).head(TRIED)
    untried = both.join(few, on=OF_KEY, how="anti").group_by(OF_MONTH).agg(keys=pl.len().cast(pl.Int64))
    lines = [_lines_of(side, few) for side in (rest.left, rest.right)]
    met: tuple[list[int], list[int]] = ([], [])
    told = []
    for key, some in lines[0].items():
        found = _pieces(some, lines[1][key])
        if found[0]:
            told.append((*key[:2], "split", 1, len(found[0]), len(found[1]), Decimal(0)))
            for numbers, more in zip(met, found, strict=True):
                numbers.extend(more)
    ways = pl.concat([pl.DataFrame(told, schema=WAYS, orient="row"), ways_of(untried, "untried")])
    left, right = (_without(side, numbers) for side, numbers in zip((rest.left, rest.right), met, strict=True))
    return Rest(left, right, pl.concat([rest.ways, ways]))


def _lines_of(side: pl.DataFrame, keys: pl.DataFrame) -> dict[tuple[str, ...], list[tuple[int, Decimal]]]:
    of_key: dict[tuple[str, ...], list[tuple[int, Decimal]]] = defaultdict(list)
    asked = side.join(keys, on=OF_KEY, how="semi").filter(pl.col("amount").is_not_null())
    for *key, number, amount in asked.sort(*OF_KEY, "id").select(*OF_KEY, "id", "amount").iter_rows():
        of_key[tuple(key)].append((number, amount))
    return of_key


def ways_of(counted: pl.DataFrame, way: str) -> pl.DataFrame:
    """WAYS of what was counted by month: `keys` alone, or with the entries of both sides."""
    given = {name: pl.lit(0) for name in ("left_n", "right_n", "half") if name not in counted.columns}
    told = counted.with_columns(way=pl.lit(way), **given)
    return told.select(pl.col(name).cast(kind) for name, kind in WAYS.items())


Lines = Sequence[tuple[int, Decimal]]


def _pieces(left: Lines, right: Lines) -> list[list[int]]:
    """The ids of both sides that meet as one line and its parts: the largest line first, the fewest parts first. The
    order of the lines decides nothing but which of two equal ones is taken."""
    taken: list[list[int]] = [[], []]
    wholes = sorted(((-abs(a), side, a, n) for side, lines in enumerate((left, right)) for n, a in lines))
    for _, side, whole, number in wholes:
        if number in taken[side]:
            continue
        others = sorted((abs(a), a, n) for n, a in (right, left)[side] if n not in taken[1 - side])
        if parts := _adding_up(whole, [(n, a) for _, a, n in others]):
            taken[side].append(number)
            taken[1 - side].extend(parts)
    return taken


def _adding_up(whole: Decimal, lines: Lines) -> list[int]:
    for size in range(2, len(lines) + 1):
        for some in combinations(lines, size):
            if sum((amount for _, amount in some), start=Decimal(0)) == whole:
                return [number for number, _ in some]
    return []


def parties(rest: Rest, days: int) -> Rest:
    """Entries whose key the other side does not know, by the same party and amount within so many days."""
    sides = [rest.left, rest.right]
    on = [*OF_MONTH, "party", "amount"]
    strange = [a.join(b, on=OF_KEY, how="anti") for a, b in (sides, sides[::-1])]
    taken = pairs_within(strange[0], strange[1], on, days)
    if taken.is_empty():
        return rest
    pairs = taken.group_by(OF_MONTH).agg(keys=pl.len().cast(pl.Int64)).with_columns(left_n="keys", right_n="keys")
    ways = ways_of(pairs, "party")
    left, right = (_without(side, taken[name].to_list()) for side, name in zip(sides, ("left", "right"), strict=True))
    return Rest(left, right, pl.concat([rest.ways, ways.select(list(WAYS))]))


def pairs_within(left: pl.DataFrame, right: pl.DataFrame, on: Sequence[str], days: int) -> pl.DataFrame:
    """As many pairs as there can be of entries that agree in `on` and lie at most so many days apart.

    Args:
        left, right: the columns `on`, key, day (Date) and id (Int64).
    Returns:
        `on`, left, right (the ids): each id once.
    """
    told = [side.drop_nulls([*on, "day"]) for side in (left, right)]
    groups = told[0].select(on).unique().join(told[1].select(on).unique(), on=list(on)).sort(on).with_row_index("group")
    # Entries of one day are taken together, so that a million equal ones are as few steps as one.
    blocks = [
        side.join(groups, on=list(on))
        .sort("group", "day", "key", "id")
        .group_by("group", "day", maintain_order=True)
        .agg("id")
        for side in told
    ]
    ids: tuple[list[int], list[int]] = ([], [])
    days_of = [_by_group(side) for side in blocks]
    for group, some in days_of[0].items():
        for taken, more in zip(ids, _earliest_first(some, days_of[1][group], days), strict=True):
            taken.extend(more)
    pairs = pl.DataFrame({"left": ids[0], "right": ids[1]}, schema={"left": pl.Int64, "right": pl.Int64})
    return pairs.join(left.select(*on, left="id"), on="left", how="left", maintain_order="left").select(
        *on, "left", "right"
    )


Block = tuple[date, list[int]]
"""The entries of one day."""


def _by_group(blocks: pl.DataFrame) -> dict[int, list[Block]]:
    groups: dict[int, list[Block]] = defaultdict(list)
    for group, day, ids in zip(blocks["group"], blocks["day"], blocks["id"].to_list(), strict=True):
        groups[group].append((day, ids))
    return groups


def _earliest_first(left: Sequence[Block], right: Sequence[Block], days: int) -> tuple[list[int], list[int]]:
    """Both sides by day, earliest with earliest: with one width for all, no other choice takes more pairs."""
    i = j = taken_i = taken_j = 0
    ids: tuple[list[int], list[int]] = ([], [])
    while i < len(left) and j < len(right):
        mine, theirs = left[i][1][taken_i:], right[j][1][taken_j:]
        apart = (right[j][0] - left[i][0]).days
        count = min(len(mine), len(theirs)) if abs(apart) <= days else 0
        ids[0].extend(mine[:count])
        ids[1].extend(theirs[:count])
        taken_i, taken_j = taken_i + count, taken_j + count
        if apart > days or taken_i == len(left[i][1]):
            i, taken_i = i + 1, 0
        if apart < -days or taken_j == len(right[j][1]):
            j, taken_j = j + 1, 0
    return ids


def _without(side: pl.DataFrame, numbers: list[int]) -> pl.DataFrame:
    taken = pl.DataFrame({"id": numbers}, schema={"id": pl.Int64})
    return side.join(taken, on="id", how="anti", maintain_order="left")


def no_ways() -> pl.DataFrame:
    return pl.DataFrame(schema=WAYS)


__all__ = ["EXACT", "Rest", "no_ways", "pairs_within", "parties", "parts_of_keys", "sums_of_keys", "without_copies"]
