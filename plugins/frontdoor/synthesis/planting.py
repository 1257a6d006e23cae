"""Where and when defects are planted, and how they are told in the truth file.

Their families are met by nobody else and written down without mistakes, so that nothing but the defect decides.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from frontdoor.synthesis.arrivals import SOURCES, Source
from frontdoor.synthesis.council import Council
from frontdoor.synthesis.opening_hours import at_local, local_date, working_days_before
from frontdoor.synthesis.population import Child
from frontdoor.synthesis.records import Record
from frontdoor.synthesis.referrals import Referral, draw_referral
from frontdoor.synthesis.truth import PlantedDefect, Truth

_BY_NAME = {source.name: source for source in SOURCES}


@dataclass(frozen=True, slots=True)
class Ground:
    """A council to plant in, and how many working days before its last week."""

    council: Council
    random: Random
    truth: Truth
    older: int = 0

    def at(self, days_before: int, clock: str) -> datetime:
        """A local time on the n-th working day before the last delivery; 0 is the calendar day before it."""
        last = local_date(self.council.span.until)
        if days_before == 0 and self.older == 0:
            day = last - timedelta(days=1)
        else:
            day = working_days_before(last, count=days_before + self.older)
        return at_local(day, time.fromisoformat(clock))

    def child(self) -> Child:
        """One child kept for one defect."""
        return self.children(1)[0]

    def children(self, number: int) -> tuple[Child, ...]:
        """Siblings kept for one defect."""
        return self.council.reserve_family(self.random, children=number, school_age=True).children[:number]

    def referral(self, source: str, *children: Child, at: datetime, rating: str) -> Referral:
        """A referral of those children with a rating of our choosing."""
        referral = draw_referral(self.council, self.random, self.source(source), at=at, children=children)
        referral.rating = rating
        return referral

    def source(self, name: str) -> Source:
        """Who refers."""
        return _BY_NAME[name]

    def plant(self, check_id: str, record: Record, *, severity: int, at: datetime, note: str) -> None:
        """Say that the check must find the record, if its time has come when the checks are read."""
        if at < self.council.span.as_of:
            feed, record_id = record.layout.feed, record.record_id
            self.truth.defects.append(PlantedDefect(check_id, feed, record_id, f"SEV{severity}", at, note))
