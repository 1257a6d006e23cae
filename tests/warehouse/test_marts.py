"""What the marts say of journeys written by hand: matching, clocks and flags, each as a sentence."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from psycopg.rows import dict_row

from tests.databases import copied_database
from tests.warehouse.hand_made import HandMadeCouncil, deliveries
from tests.warehouse.journeys import CHECKS, CONTACTS, ENQUIRIES, EPISODES, HELD_EPISODE, INTERVIEWS, RESPONSES, SENT

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

KEYS = {
    "fct_contacts": ("contacts", "contact_key"),
    "fct_sent_referrals": ("sent_referrals", "sent_referral_key"),
    "fct_mash_enquiries": ("mash_enquiries", "mash_enquiry_key"),
    "fct_agency_checks": ("agency_checks", "agency_check_key"),
    "fct_missing_episodes": ("missing_episodes", "missing_episode_key"),
    "fct_return_interviews": ("return_interviews", "return_interview_key"),
}


@pytest.fixture(scope="module")
def built(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection]:
    """All journeys landed and built, read as dicts."""
    with copied_database(
        warehouse, template=warehouse.database_name, home=tmp_path_factory.mktemp("marts")
    ) as settings:
        council = HandMadeCouncil(settings)
        council.land(
            deliveries("portal__sent_referrals", SENT),
            deliveries("council__contacts", CONTACTS),
            deliveries("council__mash_enquiries", ENQUIRIES[:-1]),
            deliveries("council__mash_enquiries", ENQUIRIES[-1:], sequence_no=2),
            deliveries("council__agency_checks", CHECKS),
            deliveries("health__check_responses", RESPONSES),
            deliveries("police__missing_episodes", EPISODES),
            HELD_EPISODE,
            deliveries("council__return_interviews", INTERVIEWS),
        )
        council.build(full=True)
        with connect(settings, role="transformer", autocommit=True) as connection:
            connection.row_factory = dict_row  # type: ignore[assignment]
            yield connection


def fact(connection: psycopg.Connection, mart: str, event_id: str) -> dict[str, Any]:
    """The mart's row of an agency's own number."""
    code, key = KEYS[mart]
    rows: list[Any] = connection.execute(
        f"select mart.* from marts.{mart} as mart inner join journeys.jny_keys on subject_key = mart.{key}"
        " where event_code = %s and event_id = %s".encode(),
        [code, event_id],
    ).fetchall()
    [row] = rows
    return dict(row)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def contact_key(connection: psycopg.Connection, contact_id: str) -> str:
    return str(fact(connection, "fct_contacts", contact_id)["contact_key"])


# -- sent and received
def test_a_referral_is_received_as_the_contact_with_its_reference(built: psycopg.Connection) -> None:
    sent = fact(built, "fct_sent_referrals", "sent-reference")
    assert sent["contact_key"] == contact_key(built, "contact-reference")
    assert sent["received_at"] == at("2026-03-02T09:40")


def test_a_referral_without_reference_is_received_as_the_child_s_contact_from_the_same_agency(
    built: psycopg.Connection,
) -> None:
    assert fact(built, "fct_sent_referrals", "sent-agency")["contact_key"] == contact_key(built, "contact-agency")


@pytest.mark.parametrize("event_id", ["sent-too-early", "sent-too-late", "sent-other-agency", "sent-lost"])
def test_a_referral_is_not_received(built: psycopg.Connection, event_id: str) -> None:
    sent = fact(built, "fct_sent_referrals", event_id)
    assert (sent["contact_key"], sent["received_at"]) == (None, None)


def test_a_contact_that_names_another_referral_is_not_taken_for_this_one(built: psycopg.Connection) -> None:
    assert fact(built, "fct_sent_referrals", "sent-shadowed")["contact_key"] is None
    assert fact(built, "fct_sent_referrals", "sent-shadowing")["contact_key"] is not None


def test_a_resubmitted_referral_is_received_with_its_resubmission(built: psycopg.Connection) -> None:
    first, again = (fact(built, "fct_sent_referrals", name) for name in ("sent-first", "sent-again"))
    assert first["contact_key"] == again["contact_key"] is not None


def test_a_child_dropped_from_a_referral_shows_in_the_count(built: psycopg.Connection) -> None:
    kept, dropped = (fact(built, "fct_sent_referrals", name) for name in ("sent-kept", "sent-dropped"))
    assert kept["contact_key"] is not None
    assert dropped["contact_key"] is None
    assert (dropped["child_count"], dropped["reference_received_children_count"]) == (2, 1)


def test_a_postcode_tells_the_home_council(built: psycopg.Connection) -> None:
    assert fact(built, "fct_sent_referrals", "sent-reference")["home_la_code"] == "874"
    assert fact(built, "fct_sent_referrals", "sent-lost")["home_la_code"] is None


# -- clocks
def test_the_receipt_is_due_by_the_stated_urgency(built: psycopg.Connection) -> None:
    assert fact(built, "fct_sent_referrals", "sent-reference")["receipt_due_at"] == at("2026-03-02T13:12:07")
    assert fact(built, "fct_sent_referrals", "sent-lost")["receipt_due_at"] == at("2026-03-02T10:12:07")
    assert fact(built, "fct_sent_referrals", "sent-lost")["receipt_critical_at"] == at("2026-03-03T23:59:59")


def test_a_contact_s_clocks_run_from_its_receipt(built: psycopg.Connection) -> None:
    contact = fact(built, "fct_contacts", "contact-reference")
    assert contact["oversight_due_at"] == at("2026-03-02T13:40")
    assert contact["decision_due_at"] == at("2026-03-03T23:59:59")


def test_a_contact_dated_only_by_its_day_has_the_whole_day_it_falls_due(built: psycopg.Connection) -> None:
    assert fact(built, "fct_contacts", "contact-day")["oversight_due_at"] == at("2026-03-02T23:59:59")


def test_re_rating_an_enquiry_never_resets_its_clock_and_a_downgrade_cures_nothing(built: psycopg.Connection) -> None:
    enquiry = fact(built, "fct_mash_enquiries", "enquiry-downgraded")
    assert (enquiry["rag_at_start_code"], enquiry["rag_current_code"]) == ("RED", "GREEN")
    assert enquiry["conclusion_due_at"] == at("2026-03-02T14:00")


def test_a_first_decision_is_the_enquiry_s_when_none_came_before(built: psycopg.Connection) -> None:
    assert fact(built, "fct_contacts", "contact-reference")["first_decision_at"] == at("2026-03-02T09:58")
    assert fact(built, "fct_contacts", "contact-undecided")["first_decision_at"] == at("2026-03-03T12:00")


def test_safety_must_be_confirmed_again_a_working_day_after_the_last_time(built: psycopg.Connection) -> None:
    enquiry = fact(built, "fct_mash_enquiries", "enquiry-reference")
    assert enquiry["safety_last_confirmed_at"] == at("2026-03-02T11:00")
    assert enquiry["safety_reconfirm_due_at"] == at("2026-03-03T23:59:59")


def test_an_upgraded_enquiry_s_check_is_due_by_the_tighter_limit(built: psycopg.Connection) -> None:
    assert fact(built, "fct_agency_checks", "check-health")["due_at"] == at("2026-03-03T23:59:59")
    assert fact(built, "fct_agency_checks", "check-downgraded")["due_at"] == at("2026-03-02T12:05")


# -- health checks
def test_health_s_own_answer_counts_as_a_returned_check(built: psycopg.Connection) -> None:
    enquiry = fact(built, "fct_mash_enquiries", "enquiry-reference")
    assert enquiry["health_check_status_code"] == "RETURNED"
    assert enquiry["health_check_returned_at"] == at("2026-03-02T15:41")


def test_a_waived_health_check_keeps_its_reason(built: psycopg.Connection) -> None:
    enquiry = fact(built, "fct_mash_enquiries", "enquiry-undecided")
    assert (enquiry["health_check_status_code"], enquiry["health_check_waived_reason_code"]) == ("WAIVED", "CAPACITY")


def test_a_health_check_is_expected_unless_the_rating_is_blue(built: psycopg.Connection) -> None:
    assert fact(built, "fct_mash_enquiries", "enquiry-unchecked")["is_health_check_expected"]
    assert not fact(built, "fct_mash_enquiries", "enquiry-blue")["is_health_check_expected"]


def test_a_check_whose_enquiry_has_not_come_yet_runs_its_clock_without_a_child(built: psycopg.Connection) -> None:
    check = fact(built, "fct_agency_checks", "check-orphan")
    assert check["child_key"] is None
    assert check["due_at"] is not None


# -- missing children
def test_an_interview_is_due_72_hours_after_the_child_is_found(built: psycopg.Connection) -> None:
    episode = fact(built, "fct_missing_episodes", "episode-third")
    assert episode["is_interview_required"]
    assert episode["interview_due_at"] == at("2026-03-05T03:15")


def test_three_episodes_in_90_days_are_a_priority_and_the_91st_day_does_not_count(built: psycopg.Connection) -> None:
    third = fact(built, "fct_missing_episodes", "episode-third")
    assert (third["episodes_90d_count"], third["is_high_priority"]) == (3, True)


def test_the_police_count_holds_where_it_is_higher(built: psycopg.Connection) -> None:
    assert fact(built, "fct_missing_episodes", "episode-known")["episodes_90d_count"] == 6


@pytest.mark.parametrize("event_id", ["episode-open", "episode-elsewhere", "episode-died", "episode-cancelled"])
def test_no_interview_is_required(built: psycopg.Connection, event_id: str) -> None:
    episode = fact(built, "fct_missing_episodes", event_id)
    assert (episode["is_interview_required"], episode["interview_due_at"]) == (False, None)


def test_a_held_episode_still_runs_its_clock(built: psycopg.Connection) -> None:
    episode = fact(built, "fct_missing_episodes", "episode-held")
    assert (episode["is_held"], episode["risk_code"]) == (True, None)
    assert episode["interview_due_at"] == at("2026-03-05T03:15")


def test_a_refused_interview_is_offered_and_not_completed(built: psycopg.Connection) -> None:
    episode = fact(built, "fct_missing_episodes", "episode-known")
    assert episode["interview_outcome_code"] == "CHILD_REFUSED"
    assert episode["interview_offered_at"] == at("2026-03-02T10:00")
    assert episode["interview_completed_at"] is None


def test_a_raised_concern_is_referred_by_the_contact_it_names(built: psycopg.Connection) -> None:
    interview = fact(built, "fct_return_interviews", "interview-named")
    assert interview["referral_contact_key"] == contact_key(built, "contact-elsewhere")
    assert interview["referral_due_at"] == at("2026-03-04T23:59:59")


def test_a_raised_concern_is_referred_by_the_child_s_next_contact(built: psycopg.Connection) -> None:
    interview = fact(built, "fct_return_interviews", "interview-next")
    assert interview["referral_at"] == at("2026-03-04T09:00")


def test_a_contact_from_before_the_interview_is_no_referral(built: psycopg.Connection) -> None:
    interview = fact(built, "fct_return_interviews", "interview-unreferred")
    assert (interview["has_concern_increase"], interview["referral_at"]) == (True, None)


# -- the journey
def test_the_journey_is_timed_segment_by_segment(built: psycopg.Connection) -> None:
    rows: list[Any] = built.execute(
        "select segment_code, started_at, due_at, done_at from marts.fct_timeliness where contact_key = %s",
        [contact_key(built, "contact-reference")],
    ).fetchall()
    segments = {row["segment_code"]: (row["started_at"], row["due_at"], row["done_at"]) for row in rows}
    assert segments["G1"] == (at("2026-03-02T09:12:07"), at("2026-03-02T13:12:07"), at("2026-03-02T09:40"))
    assert segments["G4"] == (at("2026-03-02T09:50"), at("2026-03-02T13:50"), at("2026-03-02T10:02"))
    assert segments["G6"] == (at("2026-03-02T10:05"), at("2026-03-03T23:59:59"), None)
    assert segments["G9"] == (at("2026-03-02T10:02"), at("2026-03-03T10:02"), None)
    assert "G7" not in segments
