"""Return interviews not held in time, and concerns they raised that nobody took further (MI checks)."""

from datetime import datetime, time, timedelta

from frontdoor.synthesis.missing import Episode, Missing, interview, report_missing
from frontdoor.synthesis.opening_hours import at_local, end_of_day, local_date, working_days_after
from frontdoor.synthesis.planting import Ground


def plant_uninterviewed(ground: Ground) -> None:
    """Found more than seventy-two hours ago: not offered, refused, or offered and never held."""
    for days, clock, risk, flags, outcome in (
        (4, "02:20", "H", [], "NOT_OFFERED"),
        (3, "07:05", "M", [], "CHILD_REFUSED"),
        (3, "00:40", "M", ["CCE", "COUNTY_LINES"], "NOT_CONTACTED"),
        (2, "03:30", "L", [], "LATE"),
    ):
        found_at = ground.at(days, clock)
        episode = _episode(ground, found_at=found_at, risk=risk, flags=flags)
        if outcome != "NOT_OFFERED":
            held = interview(ground.council, ground.random, episode, completed=False, clean=True)
            if outcome != "LATE":
                held.change(held.changes[-1].at + timedelta(hours=20), accepted="N", refused_reason=outcome)
        ground.plant("MI-03", episode.record, severity=1 if risk == "H" or flags else 2,
                     at=found_at + timedelta(hours=72), note=outcome.lower())  # fmt: skip


def plant_unreferred(ground: Ground) -> None:
    """An interview held in time that raised concern, and no contact after it."""
    for days, clock in ((4, "05:15"), (3, "01:25")):
        episode = _episode(ground, found_at=ground.at(days, clock), risk="M", flags=[])
        held = interview(ground.council, ground.random, episode, completed=False, clean=True)
        completed_at = at_local(local_date(episode.found_at) + timedelta(days=1), time(11, 10))
        held.change(
            completed_at + timedelta(minutes=30),
            accepted="Y", completed_at=completed_at, interviewer_org="VCS_PROVIDER", interviewer_independent="Y",
            seen_alone="Y", place_type="HOME", themes=["EXPLOITATION"], concern_increase="Y", voice_recorded="Y",
        )  # fmt: skip
        due = end_of_day(working_days_after(local_date(completed_at), count=1))
        ground.plant("MI-05", held, severity=1, at=due, note="concern raised, no contact")


def _episode(ground: Ground, *, found_at: datetime, risk: str, flags: list[str]) -> Episode:
    return report_missing(Missing(ground.council), ground.random, ground.child(), found_at=found_at,
                          reported_at=found_at - timedelta(hours=9), risk=risk, flags=flags, clean=True)  # fmt: skip
