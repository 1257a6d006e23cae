"""A version of weights as it scores, in bits: the same numbers as the spine and the pairs get from the macros."""

import math
from dataclasses import dataclass

import psycopg

from frontdoor.linkage.model import COMMONEST_BITS, RAREST_BITS, weight_at
from frontdoor.linkage.weights import TrainedWeights, find_version, read_weights


@dataclass(frozen=True, slots=True)
class Scale:
    """A version as it scores: its weights, how rare an uncounted value is taken to be, and its thresholds."""

    weights: TrainedWeights
    origin: str
    link_at_probability: float
    review_at_probability: float

    def bits(self, comparison: str, level: str) -> float:
        """What a level weighs; nothing where this version does not know it."""
        m, u = self.weights.levels.get(comparison, {}).get(level, (1.0, 1.0))
        return math.log2(m / u)

    @property
    def prior_bits(self) -> float:
        """The weight of knowing nothing."""
        return weight_at(self.weights.prior)

    def term_bits(self, term: str, term_hash: int | None = None) -> float:
        """What a value adds to its comparison's weight; without a hash, what a value nobody counted adds."""
        shares = self.weights.term_frequencies.get(term)
        if not shares:
            return 0.0
        share = shares.get(term_hash) if term_hash is not None else None
        _, u = self.weights.levels[term]["same"]
        return max(COMMONEST_BITS, min(RAREST_BITS[self.origin], math.log2(u / (share or min(shares.values())))))


def scale_of(connection: psycopg.Connection, version: str) -> Scale:
    """Return a stored version as it scores; raises WarehouseError when there is none of that name."""
    found = find_version(connection, version)
    return Scale(
        read_weights(connection, version), found.origin, found.link_at_probability, found.review_at_probability
    )
