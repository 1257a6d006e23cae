"""Landing (hash, archive, ledger, rows and the fate of every line) beside a bare COPY of the same lines."""

from frontdoor.landing.bench import LandingFigure, landing_figures
from frontdoor.settings import Settings
from frontdoor.warehouse import server

from tests.bench.council_year import throwaway_council

SPEED_BUDGET = 0.4
# What a hundred times the lines may add to the memory of the process that lands them.
MEMORY_BUDGET = 1.25


def measure() -> list[str]:
    """Return the lines of the report."""
    with throwaway_council() as home:
        settings = Settings(home=home)
        server.ensure_running(settings)
        figures = landing_figures(settings)
    return [line for feed in dict.fromkeys(figure.feed for figure in figures) for line in report(feed, figures)]


def report(feed: str, figures: list[LandingFigure]) -> list[str]:
    """One feed's speed at its largest size, and its memory at both."""
    small, large = (figure for figure in figures if figure.feed == feed)
    held = "holds" if large.ratio >= SPEED_BUDGET else "MISSED"
    memory = large.peak_megabytes / small.peak_megabytes
    return [
        f"{feed}: {large.line_count:,} lines",
        f"  bare COPY {large.copy_seconds:.1f} s, landing {large.landing_seconds:.1f} s",
        f"  speed of landing / bare COPY: {large.ratio:.2f} (at least {SPEED_BUDGET}) {held}",
        f"  memory {small.peak_megabytes:.0f} MB at {small.line_count:,} lines, {large.peak_megabytes:.0f} MB at all:"
        f" {memory:.2f} (at most {MEMORY_BUDGET}) {'holds' if memory <= MEMORY_BUDGET else 'MISSED'}",
    ]
