"""`make bench-linkage`: quality and speed of the linking beside Splink 5, in one run.

`python -m tests.bench.linkage quality --data febrl1 febrl2` measures a part of it; `--help` lists parts and sizes.
"""

import argparse
from collections.abc import Callable, Iterator

from tests.bench.linkage import families, hostile, quality, speed

PARTS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "quality": lambda asked: quality.measure(
        asked.data, count=asked.count, weights=asked.weights, left_out=asked.without
    ),
    "families": lambda asked: families.measure(populations=asked.populations),
    "hostile": lambda asked: hostile.measure(share=asked.share),
    "speed": lambda asked: speed.measure(asked.sizes, repeats=asked.repeats),
}


def main() -> None:
    """Print each part's report as it is measured."""
    parser = _parser()
    asked = parser.parse_args()
    for name in asked.parts:
        if name not in PARTS:
            parser.error(f"there is no part {name}; there are {', '.join(PARTS)}")
    for name in asked.parts or PARTS:
        print(f"== {name}", flush=True)
        for line in PARTS[name](asked):
            print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.linkage", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"{', '.join(PARTS)}; all by default")
    parser.add_argument("--data", nargs="+", default=quality.PARTS, choices=quality.PARTS, help="data sets of quality")
    parser.add_argument("--count", type=int, default=100_000, help="records of the synthetic persons")
    parser.add_argument("--weights", nargs="+", default=["default", "train"], help="weights of quality")
    parser.add_argument(
        "--without", nargs="+", default=[], help="columns that other people's records are linked without"
    )
    parser.add_argument("--populations", type=int, default=25, help="how many invented populations of families")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="sizes of speed")
    parser.add_argument("--repeats", type=int, default=3, help="how often speed is measured; medians count")
    parser.add_argument("--share", type=float, default=1.0, help="how large the hostile files are")
    return parser


if __name__ == "__main__":
    main()
