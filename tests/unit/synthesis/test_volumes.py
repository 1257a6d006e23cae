"""A council-year is about as busy as domain research says a council of 54,000 children is."""

from datetime import timedelta

import pytest
from frontdoor.synthesis.council import Council, Span
from frontdoor.synthesis.layouts import CHECKS, CONTACTS, ENQUIRIES, INTERVIEWS, MISSING, SENT
from frontdoor.synthesis.missing import go_missing
from frontdoor.synthesis.referrals import refer
from frontdoor.synthesis.synthesise import DEFAULT_UNTIL, YEAR


@pytest.fixture(scope="module")
def year() -> Council:
    span = Span(DEFAULT_UNTIL - YEAR, DEFAULT_UNTIL)
    council = Council(seed=7, span=span, children=54_000, known=500)
    refer(council, start=span.start, end=span.until)
    go_missing(council, start=span.start, end=span.until)
    return council


def test_volumes_of_a_year(year: Council) -> None:
    counts = {
        layout.token: sum(1 for _ in year.journal.of(layout))
        for layout in (CONTACTS, SENT, ENQUIRIES, CHECKS, MISSING, INTERVIEWS)
    }
    assert 14_000 < counts["contacts"] < 16_500
    assert 5_400 < counts["portalsent"] < 6_700
    assert 2_600 < counts["mashenq"] < 3_400
    assert 3.8 < counts["mashchk"] / counts["mashenq"] < 4.6
    assert 800 < counts["misper"] < 1_000
    assert 0.9 < counts["rhi"] / counts["misper"] <= 1.0


def test_schools_refer_on_school_days(year: Council) -> None:
    august = sum(1 for record in year.journal.of(SENT) if _is_school_in(record, month=8))
    november = sum(1 for record in year.journal.of(SENT) if _is_school_in(record, month=11))
    assert august < november / 5


def _is_school_in(record: object, *, month: int) -> bool:
    values = record.changes[0].values  # type: ignore[attr-defined]
    return values["agency_type"] == "SCHOOL" and values["submitted_at"].month == month


def test_half_of_the_missing_are_looked_after(year: Council) -> None:
    flags = [record.changes[0].values["looked_after_flag"] for record in year.journal.of(MISSING)]
    assert 0.3 < sum(flag != "N" for flag in flags) / len(flags) < 0.6


def test_nothing_lasts_a_year(year: Council) -> None:
    slowest = max(record.changes[-1].at - record.changes[0].at for record in year.journal.of(ENQUIRIES))
    assert slowest < timedelta(days=14)
