"""The comparisons by which a child is recognised, read from expectations/linkage/comparisons.yaml.

One description for three readers: the dbt models that link (in PostgreSQL's words), Splink that trains and measures (in
DuckDB's), and people (`frontdoor explain`, docs/matching.md).
"""

import math
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from frontdoor.errors import ContractError
from frontdoor.settings import Settings

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Probability = Annotated[float, Field(gt=0, lt=1)]
Dialect = Literal["postgres", "duckdb"]
NONE = "none"
# The low half of a pair's evidence is its weight in this many parts of a bit; the rest are the comparisons' levels.
PARTS_OF_A_BIT = 10_000_000
WEIGHT_BITS = 32
TRAINED = "trained"
# How many bits a rare value may add to its comparison's weight, and a common one take from it.
RAREST_BITS = {"shipped": 3.0, TRAINED: 6.0}
COMMONEST_BITS = -10.0
_EDITS = re.compile(r"edits\(([^,()]+), ([^,()]+), (\d+)\)")
_SLIP = re.compile(r"slip\(([^,()]+), ([^,()]+)\)")
# PostgreSQL counts no change of places; the pattern is costly and asked only where one letter moved.
_SLIP_SQL = {
    "postgres": (
        r"(public.levenshtein_less_equal(\1, \2, 1) <= 1"
        r" or (length(\1) = length(\2) and public.levenshtein_less_equal(\1, \2, 1, 1, 2, 2) <= 2"
        r" and \1 || '|' || \2 ~ '^(.*)(.)(.)(.*)[|]\\1\\3\\2\\4$'))"
    ),
    "duckdb": r"damerau_levenshtein(\1, \2) <= 1",
}
_COLUMN = re.compile(r"\b([lr])\.([a-z_]+)")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(_Strict):
    """One degree of agreement; `m` and `u` are its shares among pairs of one child and of two."""

    code: Code
    label: str
    sql: str
    m: Probability | None = None
    u: Probability | None = None
    term_frequency: Code | None = None

    @property
    def weight(self) -> float:
        """What the level says, in bits: above nought for one child, below for two."""
        return math.log2(self.m / self.u) if self.m and self.u else 0.0

    def condition(self, dialect: Dialect) -> str:
        """The level's SQL; PostgreSQL sees the aliases l and r, DuckDB Splink's suffixes _l and _r."""
        condition = _SLIP.sub(_SLIP_SQL[dialect], self.sql)
        if dialect == "postgres":
            return _EDITS.sub(r"public.levenshtein_less_equal(\1, \2, \3) <= \3", condition)
        return _COLUMN.sub(r"\2_\1", _EDITS.sub(r"levenshtein(\1, \2) <= \3", condition))


class Comparison(_Strict):
    """One field of two records, and the levels on which they may agree."""

    code: Code
    label: str
    levels: list[Level] = Field(min_length=3)

    @property
    def bits(self) -> int:
        """How many binary digits its level takes in a pair's evidence."""
        return (len(self.levels) - 1).bit_length()

    def level(self, code: str) -> int:
        """The number of the level called `code`."""
        return [level.code for level in self.levels].index(code)

    @model_validator(mode="after")
    def _levels_are_told_apart(self) -> "Comparison":
        first, *others = self.levels
        if first.code != NONE or first.m or first.u:
            raise ValueError(f"{self.code}: the first level is `{NONE}` and has no m and u")
        if any(level.m is None or level.u is None for level in others):
            raise ValueError(f"{self.code}: every level but the first has m and u")
        if others[-1].sql != "true":
            raise ValueError(f"{self.code}: the last level takes every pair that is left (sql: true)")
        return self


class BlockingRule(_Strict):
    """Integer columns of the spine, or what is made of them; only records that agree on all of them are compared."""

    code: Code
    label: str
    columns: list[str] = Field(min_length=1)
    cap: Annotated[int, Field(ge=2)] | None = None


class LinkageModel(_Strict):
    """The whole of comparisons.yaml."""

    version: Code
    prior: Probability
    link_at_probability: Probability
    review_at_probability: Probability
    weak_corroboration_bits: Annotated[int, Field(ge=1)]
    block_cap: Annotated[int, Field(ge=2)]
    statement_caps: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=2)]]
    crowds: dict[Literal["postcode", "address", "phone", "email", "nhs_number", "upn"], Annotated[int, Field(ge=2)]]
    comparisons: list[Comparison] = Field(min_length=1)
    blocking_rules: list[BlockingRule] = Field(min_length=1)

    @property
    def prior_weight(self) -> float:
        """The weight of knowing nothing, in bits."""
        return math.log2(self.prior / (1 - self.prior))

    @property
    def terms(self) -> tuple[str, ...]:
        """The columns of the spine whose values weigh more the rarer they are, in the order of their comparisons."""
        levels = (level for comparison in self.comparisons for level in comparison.levels)
        return tuple(dict.fromkeys(level.term_frequency for level in levels if level.term_frequency))

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns of int_person_records__blocked that hold the blocking keys, rule by rule."""
        return tuple(f"key_{rule_no:02}" for rule_no in range(1, len(self.blocking_rules) + 1))

    @property
    def block_caps(self) -> tuple[int, ...]:
        """How many records may share a rule's value, rule by rule."""
        return tuple(rule.cap or self.block_cap for rule in self.blocking_rules)

    def comparison(self, code: str) -> Comparison:
        """The comparison called `code`."""
        return next(comparison for comparison in self.comparisons if comparison.code == code)

    def shifts(self) -> dict[str, int]:
        """At which binary digit of a pair's evidence each comparison's level begins."""
        shifts, shift = {}, WEIGHT_BITS
        for comparison in self.comparisons:
            shifts[comparison.code] = shift
            shift += comparison.bits
        if shift > 63:
            raise ContractError(f"comparisons.yaml: the levels take {shift - WEIGHT_BITS} bits; 31 is all there is")
        return shifts

    def unpack(self, evidence: int) -> tuple[float, dict[str, int]]:
        """Return a pair's weight in bits and the level of each comparison from the number they are kept in."""
        weight = ((evidence & (2**WEIGHT_BITS - 1)) - 2 ** (WEIGHT_BITS - 1)) / PARTS_OF_A_BIT
        levels = {
            comparison.code: (evidence >> shift) & (2**comparison.bits - 1)
            for comparison, shift in zip(self.comparisons, self.shifts().values(), strict=True)
        }
        return weight, levels


def weight_at(probability: float) -> float:
    """Return the weight, prior included, at which a pair has this probability of being one child."""
    return math.log2(probability / (1 - probability))


def probability_at(weight: float) -> float:
    """Return the probability of being one child at a weight, prior included."""
    return 1 / (1 + 2.0**-weight) if weight > -1000 else 0.0


def load_linkage_model(settings: Settings) -> LinkageModel:
    """Return the comparisons; raises ContractError, naming the place, for anything that is not understood."""
    return _load(settings.linkage_dir / "comparisons.yaml")


@cache
def _load(path: Path) -> LinkageModel:
    try:
        return LinkageModel.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise ContractError(f"{path.name}: {place}: {problem['msg']}") from None
    except (OSError, yaml.YAMLError) as error:
        raise ContractError(f"{path.name} cannot be read: {error}") from error
