"""How well the checks did against what was planted: counts only, for synthetic councils that know the truth."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from frontdoor.alerts.catalogue import load_catalogue
from frontdoor.errors import FrontdoorError
from frontdoor.settings import Settings

# For these nothing is planted: they ask people who is whom, and find in any week what an ordinary week leaves open.
UNPLANTED_FAMILIES = frozenset({"LK"})
# What the truth file calls an alert's subject: the supplier's own id, a feed's name or a file's.
_OPENED = """
    select a.check_id, coalesce(k.event_id, d.file_name, a.subject_key)
    from alerts.alerts as a
    left join journeys.jny_keys as k
        on k.subject_key = a.subject_key and a.check_id not in ('DQ-01', 'DQ-02', 'OP-01')
    left join ledger.deliveries as d on a.check_id = 'DQ-02' and d.delivery_id::text = a.subject_key
    where a.opened_at <= %s
"""


@dataclass(frozen=True, slots=True)
class CheckScore:
    """One check against the truth; `severity` is the gravest that was planted, or the check's own."""

    check_id: str
    severity: int
    opened_count: int
    planted_count: int
    found_count: int

    @property
    def is_planted(self) -> bool:
        """Whether the truth file tells a right alert of this check from a false one."""
        return self.check_id[:2] not in UNPLANTED_FAMILIES

    @property
    def missed_count(self) -> int:
        """Planted defects without an alert."""
        return self.planted_count - self.found_count

    @property
    def recall(self) -> float | None:
        """The share of what was planted that was found; None when nothing was planted."""
        return self.found_count / self.planted_count if self.planted_count else None

    @property
    def precision(self) -> float | None:
        """The share of alerts that were planted; None when none opened, or when the truth file cannot tell."""
        return self.found_count / self.opened_count if self.opened_count and self.is_planted else None


def score_checks(
    settings: Settings, connection: psycopg.Connection, *, truth: Path, as_of: datetime
) -> list[CheckScore]:
    """Return a score for every check of the catalogue, from the truth file in folder `truth`.

    `connection` must be allowed to read the journeys, where a mart's key is known by its supplier's id.
    """
    planted: dict[str, dict[str, int]] = defaultdict(dict)
    for row in _read(truth / "truth.csv"):
        subject = f"{row['feed']}:{row['source_record_id']}" if row["check_id"] == "DQ-01" else row["source_record_id"]
        planted[row["check_id"]][subject] = int(row["severity_expected"].removeprefix("SEV"))
    opened: dict[str, set[str]] = defaultdict(set)
    for check_id, subject in connection.execute(_OPENED, [as_of]).fetchall():
        opened[check_id].add(subject)
    return [
        CheckScore(
            check_id=check.id,
            severity=min(planted[check.id].values(), default=check.severity),
            opened_count=len(opened[check.id]),
            planted_count=len(planted[check.id]),
            found_count=len(opened[check.id] & planted[check.id].keys()),
        )
        for check in load_catalogue(settings)
    ]


def _read(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        raise FrontdoorError(f"there is no truth file {path.name}; only a synthetic council knows the truth")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
