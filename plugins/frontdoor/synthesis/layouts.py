"""The eight feeds as their suppliers write them: file token, format, columns in order, control totals.

Known from the data-sharing agreement, not from Frontdoor's contracts: supplier and reader agree or the tests say so.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from frontdoor.synthesis.registers import PERSON_COLUMNS, Values

Row = Values
_ENVELOPE = ("source_record_id", "record_version", "record_action", "last_updated_at")


@dataclass(frozen=True, slots=True)
class Layout:
    """How one feed's files look."""

    # The warehouse's name for the feed, which the truth files use, and the supplier's, which its files bear.
    feed: str
    token: str
    source_org: str
    format: str
    key: str
    columns: tuple[str, ...]
    totals: Callable[[Sequence[Row]], dict[str, object]]


def _columns(own: str, *, person: bool = True) -> tuple[str, ...]:
    return (*_ENVELOPE, *(PERSON_COLUMNS if person else ()), *own.split())


def _count(rows: Sequence[Row], column: str, *codes: str) -> int:
    """Rows with one of the codes, or with anything when no code is named."""
    return sum(row[column] in codes if codes else row[column] is not None for row in rows)


def _by(rows: Sequence[Row], *columns: str) -> dict[str, int]:
    return dict(sorted(Counter(":".join(str(row[column]) for column in columns) for row in rows).items()))


def _by_hour(rows: Sequence[Row], column: str) -> dict[str, int]:
    """Rows by the local hour of a time; those with a date only under `--`."""
    hours = (str(row[column])[11:13] or "--" for row in rows)
    return dict(sorted(Counter(hours).items()))


def _max_portal_sequence(rows: Sequence[Row]) -> int:
    return max((int(str(row["portal_reference"])[-7:]) for row in rows if row["portal_reference"]), default=0)


def _missing_totals(rows: Sequence[Row]) -> dict[str, object]:
    return {
        "open_count": _count(rows, "status", "OPEN"),
        "found_count": _count(rows, "status", "FOUND"),
        "high_count": _count(rows, "risk_current", "H"),
        "distinct_children": len({row["agency_person_id"] for row in rows}),
    }


def _health_totals(rows: Sequence[Row]) -> dict[str, object]:
    return {
        "received": len(rows),
        "returned": _count(rows, "status", "RETURNED"),
        "partial": _count(rows, "status", "PARTIAL"),
        "declined": _count(rows, "status", "DECLINED"),
        "no_trace": _count(rows, "status", "NO_TRACE"),
        "declined_capacity": sum(row["status"] == "DECLINED" and row["status_reason"] == "CAPACITY" for row in rows),
    }


def _portal_totals(rows: Sequence[Row]) -> dict[str, object]:
    return {
        "submitted_by_hour": _by_hour(rows, "submitted_at"),
        "by_delivery_status": _by(rows, "delivery_status"),
        "max_portal_sequence": _max_portal_sequence(rows),
        "children": len(rows),
    }


def _contact_totals(rows: Sequence[Row]) -> dict[str, object]:
    return {
        "received": len(rows),
        "by_channel": _by(rows, "channel"),
        "by_hour": _by_hour(rows, "received_at"),
        "distinct_portal_refs": len({row["portal_reference"] for row in rows} - {None}),
        "max_portal_sequence": _max_portal_sequence(rows),
    }


def _enquiry_totals(rows: Sequence[Row]) -> dict[str, object]:
    return {
        "open": len(rows) - _count(rows, "concluded_at"),
        "started": _count(rows, "enquiry_started_at"),
        "concluded": _count(rows, "concluded_at"),
        "by_rag": _by(rows, "rag_current"),
        "consent_by_status": _by(rows, "consent_status"),
    }


def _check_totals(rows: Sequence[Row]) -> dict[str, object]:
    return {"by_agency_and_status": _by(rows, "agency", "status")}


def _interview_totals(rows: Sequence[Row]) -> dict[str, object]:
    def lasted(row: Row) -> timedelta:
        return datetime.fromisoformat(str(row["completed_at"])) - datetime.fromisoformat(str(row["returned_at"]))

    return {
        "due": len(rows),
        "offered": _count(rows, "offered", "Y"),
        "completed": _count(rows, "completed_at"),
        "within_72h": sum(row["completed_at"] is not None and lasted(row) <= timedelta(hours=72) for row in rows),
        "refused": _count(rows, "refused_reason"),
    }


def _person_totals(rows: Sequence[Row]) -> dict[str, object]:
    return {"rows": len(rows), "restricted": _count(rows, "restricted_flag", "R1", "R2")}


MISSING = Layout("police__missing_episodes", "misper", "35", "csv", "source_record_id", _columns(
    "incident_log_ref category reported_at last_seen_at reported_by_type missing_from_type missing_from_postcode "
    "placement_urn looked_after_flag responsible_la_code risk_initial risk_current risk_changed_at flags "
    "prior_episode_count_90d status found_at returned_to_type found_by prevention_interview_at "
    "prevention_interview_outcome harm_disclosed notified_la_at"
), _missing_totals)  # fmt: skip

HEALTH = Layout("health__check_responses", "healthchk", "RYV", "json", "source_record_id", _columns(
    "mash_enquiry_ref request_received_at rag status status_reason started_at returned_at responder_role "
    "responding_ods services_checked was_not_brought_12m ed_attendances_12m ed_injury_12m immunisations_up_to_date "
    "parental_factor_codes pregnancy_flag gestation_weeks analysis_present risk_to_child_stated text_pointer_id"
), _health_totals)  # fmt: skip

SENT = Layout("portal__sent_referrals", "portalsent", "PORTAL", "jsonl", "source_record_id", _columns(
    "portal_reference submitted_at agency_type agency_code referrer_role route target_la child_index child_count "
    "urgency_stated concern_codes parent_informed consent_given consent_override_reason phone_call_ref phone_call_at "
    "payload_hash attachment_count delivery_status delivery_status_at ack_reference ack_at resubmission_of"
), _portal_totals)  # fmt: skip

CONTACTS = Layout("council__contacts", "contacts", "LCS", "csv", "contact_id", _columns(
    "contact_id received_at created_in_lcs_at channel portal_reference source_code source_org_code concern_codes "
    "is_open_case open_case_type sent_to_ifd_at ifd_oversight_at ifd_oversight_by_role ifd_oversight_qualified rag "
    "rag_set_at ifd_decision ifd_decision_at referrer_ack_at referrer_outcome_told_at consent_status "
    "child_voice_recorded child_impact_recorded outcome_json closed_at"
), _contact_totals)  # fmt: skip

ENQUIRIES = Layout("council__mash_enquiries", "mashenq", "LCS", "csv", "mash_enquiry_ref", _columns(
    "mash_enquiry_ref contact_id rag_at_start rag_current decision_to_enquire_at enquiry_started_at consent_status "
    "consent_at consent_by_role dispense_reason dispense_authorised_by_role dispense_authorised_at sw_registered "
    "safety_confirmed_at last_safety_confirmed_at safety_method interim_safety_plan cur_daily_life cur_household "
    "cur_fathers_partners cur_history cur_child_spoken collation_started_at collated_at oversight_at oversight_role "
    "oversight_risks_considered oversight_actions oversight_child_impact concluded_at decision_code "
    "decision_without_checks voice_recorded"
), _enquiry_totals)  # fmt: skip

CHECKS = Layout("council__agency_checks", "mashchk", "LCS", "csv", "check_id", _columns(
    "check_id mash_enquiry_ref agency expected expectation_reason requested_at due_at returned_at status "
    "status_reason information_found quality used_in_decision", person=False
), _check_totals)  # fmt: skip

INTERVIEWS = Layout("council__return_interviews", "rhi", "LCS", "csv", "rhi_id", _columns(
    "rhi_id misper_ref returned_at returned_at_source responsible_la host_la offered offered_at offer_method accepted "
    "refused_reason completed_at interviewer_org interviewer_independent seen_alone place_type themes concern_increase "
    "contact_id_created shared_with_police_at shared_with_sw_at voice_recorded"
), _interview_totals)  # fmt: skip

PERSONS = Layout("council__persons", "lcsperson", "LCS", "csv", "pers_person_id", _columns(
    "pers_person_id pers_legacy_id pers_forename pers_surname pers_sex pers_gender pers_ethnicity pers_dob "
    "pers_expected_dob pers_common_child_id pers_upn pers_upn_unknown pers_send_flag pers_death_date pers_is_mother "
    "pers_nationality addr_address_postcode addr_address_uprn restricted_flag adoption_marker mother_person_id",
    person=False
), _person_totals)  # fmt: skip

LAYOUTS = {layout.token: layout for layout in (
    MISSING, HEALTH, SENT, CONTACTS, ENQUIRIES, CHECKS, INTERVIEWS, PERSONS
)}  # fmt: skip
