"""A council's week or year, from a seed to a folder of deliveries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from frontdoor.synthesis.council import Council, Span
from frontdoor.synthesis.deliveries import Delivery, deliver
from frontdoor.synthesis.file_problems import Post
from frontdoor.synthesis.mash_defects import (
    plant_overrunning,
    plant_unsafe,
    plant_waiting_for_health,
    plant_without_health,
)
from frontdoor.synthesis.missing import go_missing
from frontdoor.synthesis.missing_defects import plant_uninterviewed, plant_unreferred
from frontdoor.synthesis.opening_hours import at_local, local_date
from frontdoor.synthesis.planting import Ground
from frontdoor.synthesis.referral_defects import (
    plant_dropped,
    plant_lost,
    plant_misdirected,
    plant_undecided,
    plant_undelivered,
    plant_unseen,
)
from frontdoor.synthesis.referrals import refer
from frontdoor.synthesis.truth import PersonTruth, Truth, write_truth

WEEK, YEAR = timedelta(days=7), timedelta(days=364)
CHILDREN = 54_000
# Children the council's system already holds when the period begins.
_KNOWN = {WEEK: 6_000, YEAR: 9_000}
# In a year, defects also lie some weeks and months back: still open, or never made good.
_OLDER = {WEEK: (0,), YEAR: (0, 15, 50, 110, 180)}
_PLANTINGS = (
    plant_lost,
    plant_undelivered,
    plant_misdirected,
    plant_dropped,
    plant_unseen,
    plant_undecided,
    plant_overrunning,
    plant_without_health,
    plant_waiting_for_health,
    plant_unsafe,
    plant_uninterviewed,
    plant_unreferred,
)
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


def plant(council: Council, truth: Truth, *, olders: Iterable[int]) -> None:
    """Every planted defect, once for each number of working days by which it is older than in the last week."""
    for older in olders:
        ground = Ground(council, council.random(f"defects:{older}"), truth, older)
        for plant_some in _PLANTINGS:
            plant_some(ground)


def synthesise(plan: Plan, *, out: Path) -> dict[str, object]:
    """Write the council's deliveries and truth files into a folder; returns counts of what was written."""
    span = plan.span
    council = Council(seed=plan.seed, span=span, children=CHILDREN, known=_KNOWN[plan.length])
    refer(council, start=span.start, end=span.until)
    go_missing(council, start=span.start, end=span.until)
    truth = Truth()
    if plan.has_defects:
        plant(council, truth, olders=_OLDER[plan.length])
    deliveries: Iterable[Delivery] = deliver(
        council.journal, start=span.start, until=span.until, cadence=plan.cadence, la_code=council.la_code
    )
    if plan.has_defects:
        spared = frozenset(defect.source_record_id for defect in truth.defects)
        post = Post(list(deliveries), truth, council.random("files"), spared)
        deliveries = post.damage(cadence=plan.cadence, until=span.until)
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
