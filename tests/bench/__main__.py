"""`make bench`: the figures Frontdoor promises, as ratios measured in one run."""

import argparse

from tests.bench import council_year, demo, landing

PARTS = {"landing": landing.measure, "council-year": council_year.measure, "demo": demo.measure}


def main() -> None:
    """Print each part's report as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS), help=f"which of {', '.join(PARTS)}; all by default")
    for name in parser.parse_args().parts:
        print(f"== {name}", flush=True)
        for line in PARTS[name]():
            print(line, flush=True)


if __name__ == "__main__":
    main()
