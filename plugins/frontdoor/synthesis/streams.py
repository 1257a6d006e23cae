"""Streams of chance: one for each purpose, so that what one part draws does not move another's."""

from random import Random


def stream(seed: int, *purpose: object) -> Random:
    """The seed's stream for a purpose: the same in every process."""
    return Random(":".join(map(str, (seed, *purpose))))  # noqa: S311  nobody's secret: it makes up people
