"""A council's week or year, from a seed to a folder of deliveries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from frontdoor.synthesis.council import Council, Span
from frontdoor.synthesis.deliveries import Delivery, deliver
from frontdoor.synthesis.missing import go_missing
from frontdoor.synthesis.opening_hours import at_local, local_date
from frontdoor.synthesis.referrals import refer
from frontdoor.synthesis.truth import PersonTruth, Truth, write_truth

WEEK, YEAR = timedelta(days=7), timedelta(days=364)
CHILDREN = 54_000
# Children the council's system already holds when the period begins.
_KNOWN = {WEEK: 6_000, YEAR: 9_000}
DEFAULT_UNTIL = datetime(2026, 3, 9, 6, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to synthesise: the same plan gives the same bytes."""

    length: timedelta = WEEK
    seed: int = 7
    until: datetime = DEFAULT_UNTIL
    has_defects: bool = False
    cadence: str = "agency"

    @property
    def span(self) -> Span:
        """From midnight of the first day to `until`."""
        return Span(at_local(local_date(self.until - self.length), time(0)), self.until)


def synthesise(plan: Plan, *, out: Path) -> dict[str, object]:
    """Write the council's deliveries and truth files into a folder; returns counts of what was written."""
    span = plan.span
    council = Council(seed=plan.seed, span=span, children=CHILDREN, known=_KNOWN[plan.length])
    refer(council, start=span.start, end=span.until)
    go_missing(council, start=span.start, end=span.until)
    truth = Truth()
    deliveries: Iterable[Delivery] = deliver(
        council.journal, start=span.start, until=span.until, cadence=plan.cadence, la_code=council.la_code
    )
    folder = out / "deliveries"
    folder.mkdir(parents=True, exist_ok=True)
    files = rows = 0
    for delivery in deliveries:
        delivery.write(folder)
        files, rows = files + 1, rows + len(delivery.rows)
    summary: dict[str, object] = {
        "seed": plan.seed,
        "start": span.start.isoformat(),
        "until": span.until.isoformat(),
        "as_of": span.as_of.isoformat(),
        "cadence": plan.cadence,
        "has_defects": plan.has_defects,
        "files": files,
        "rows": rows,
    }
    persons = (PersonTruth(*entry) for entry in council.registers.truth)
    write_truth(out, truth, persons=persons, adoptions=council.adoption_pairs, summary=summary)
    return summary
