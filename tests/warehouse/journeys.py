"""Journeys through the front door, written by hand around one Monday, for test_marts and test_increments."""

import hashlib

from tests.warehouse.hand_made import MONDAY, Delivery, Row, person

SCHOOL, OTHER_SCHOOL = "8744001", "8744002"


def surname(number: int) -> str:
    """A surname unlike any other child's: a letter's difference would be a slip of the pen."""
    digest = hashlib.sha256(str(number).encode()).digest()
    letters = zip(digest[:5], digest[5:10], strict=True)
    return "Zz" + "".join("bdfgklmnprstvz"[one % 14] + "aeiou"[other % 5] for one, other in letters)


def postcode(number: int) -> str:
    """A home unlike those of two hundred others, in two characters at least: one child's surname may have changed."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    row, place = divmod(number, len(letters))
    return f"PE1 {row % 10}{letters[place]}{letters[(place + row) % len(letters)]}"


def child(number: int, *, forename: str = "Zzada") -> dict[str, str]:
    """A child whom every agency writes down alike."""
    return {
        "forename": forename,
        "surname": surname(number),
        "dob": "2013-05-06",
        "sex": "F",
        "postcode": postcode(number),
    }


def sent(name: str, number: int, reference: str, /, **values: str) -> Row:
    """A referral a school sent on Monday morning."""
    return {
        **person(f"pupil-{name}", **child(number)),
        "source_record_id": f"sent-{name}",
        "portal_reference": reference,
        "submitted_at": "2026-03-02T09:12:07+00:00",
        "agency_type": "SCHOOL",
        "agency_code": SCHOOL,
        "route": "PORTAL",
        "target_la": "874",
        "urgency_stated": "SAME_DAY",
        "delivery_status": "DELIVERED",
        "child_index": "1",
        "child_count": "1",
        **values,
    }


def contact(name: str, number: int, /, **values: str) -> Row:
    """A contact the council received."""
    return {
        **person(f"P{number}", **child(number)),
        "source_record_id": f"contact-{name}",
        "contact_id": f"contact-{name}",
        "received_at": "2026-03-02T09:40:00+00:00",
        "channel": "PORTAL",
        "source_org_code": SCHOOL,
        **values,
    }


def enquiry(name: str, number: int, /, **values: str) -> Row:
    """A MASH enquiry that grew from the contact of the same name."""
    return {
        **person(f"P{number}", **child(number)),
        "source_record_id": f"enquiry-{name}",
        "mash_enquiry_ref": f"enquiry-{name}",
        "contact_id": f"contact-{name}",
        "rag_at_start": "AMBER",
        "rag_current": "AMBER",
        "decision_to_enquire_at": "2026-03-02T09:58:00+00:00",
        "enquiry_started_at": "2026-03-02T10:02:00+00:00",
        **values,
    }


def check(name: str, of_enquiry: str, /, **values: str) -> Row:
    """A check requested of health."""
    return {
        "source_record_id": f"check-{name}",
        "check_id": f"check-{name}",
        "record_version": "1",
        "record_action": "I",
        "mash_enquiry_ref": f"enquiry-{of_enquiry}",
        "agency": "HEALTH",
        "expected": "Y",
        "requested_at": "2026-03-02T10:05:00+00:00",
        "status": "REQUESTED",
        **values,
    }


def episode(name: str, number: int, /, **values: str) -> Row:
    """A missing episode that ended on Monday night."""
    return {
        **person(f"M{number}", **child(number)),
        "source_record_id": f"episode-{name}",
        "reported_at": "2026-03-01T22:40:00+00:00",
        "status": "FOUND",
        "found_at": "2026-03-02T03:15:00+00:00",
        "risk_initial": "M",
        "risk_current": "M",
        "responsible_la_code": "874",
        **values,
    }


def interview(name: str, number: int, of_episode: str, /, **values: str) -> Row:
    """A return interview that was offered on Monday."""
    return {
        **person(f"P{number}", **child(number)),
        "source_record_id": f"interview-{name}",
        "rhi_id": f"interview-{name}",
        "misper_ref": f"episode-{of_episode}",
        "returned_at": "2026-03-02T03:15:00+00:00",
        "offered": "Y",
        "offered_at": "2026-03-02T10:00:00+00:00",
        **values,
    }


SENT = (
    sent("reference", 1, "REF-1"),
    sent("agency", 2, "REF-2"),
    sent("too-early", 3, "REF-3"),
    sent("too-late", 4, "REF-4"),
    sent("other-agency", 5, "REF-5"),
    sent("lost", 6, "REF-6", urgency_stated="IMMEDIATE", postcode="XX9 9XX"),
    sent("shadowed", 7, "REF-7"),
    sent("shadowing", 7, "REF-8"),
    sent("first", 8, "REF-9"),
    sent("again", 8, "REF-10", resubmission_of="REF-9"),
    sent("kept", 9, "REF-11", child_count="2"),
    {**sent("dropped", 10, "REF-11", child_count="2", child_index="2")},
)
CONTACTS = (
    contact(
        "reference", 1, portal_reference="ref-1 ", rag="AMBER", ifd_oversight_at="2026-03-02T09:50:00+00:00",
        ifd_decision="MASH", ifd_decision_at="2026-03-02T09:58:00+00:00", created_in_lcs_at="2026-03-02T09:45:00+00:00",
    ),
    contact("agency", 2, received_at="2026-03-04T16:00:00+00:00", channel="EMAIL"),
    contact("too-early", 3, received_at="2026-03-02T08:56:00+00:00", channel="EMAIL"),
    contact("too-late", 4, received_at="2026-03-05T00:00:00+00:00", channel="EMAIL"),
    contact("other-agency", 5, source_org_code=OTHER_SCHOOL, channel="EMAIL"),
    contact("shadowing", 7, portal_reference="REF-8"),
    contact("again", 8, portal_reference="REF-10"),
    contact("kept", 9, portal_reference="REF-11"),
    contact("day", 11, received_at="2026-03-02", rag="RED"),
    contact("undecided", 12),
    contact("downgraded", 13, rag="RED"),
    contact("elsewhere", 20, received_at="2026-03-03T15:00:00+00:00"),
    contact("next", 21, received_at="2026-03-04T09:00:00+00:00"),
    contact("before", 22, received_at="2026-03-02T09:00:00+00:00"),
)  # fmt: skip
ENQUIRIES = (
    enquiry(
        "reference", 1, safety_confirmed_at="2026-03-02T10:30:00+00:00",
        last_safety_confirmed_at="2026-03-02T11:00:00+00:00",
    ),
    enquiry("undecided", 12, concluded_at="2026-03-03T12:00:00+00:00", decision_code="NFA"),
    enquiry("downgraded", 13, rag_at_start="RED", rag_current="RED", enquiry_started_at="2026-03-02T10:00:00+00:00"),
    enquiry("unchecked", 14),
    enquiry("blue", 15, rag_at_start="BLUE", rag_current="BLUE"),
    enquiry(
        "downgraded", 13, rag_at_start="RED", rag_current="GREEN", enquiry_started_at="2026-03-02T10:00:00+00:00",
        record_version="2",
    ),
)  # fmt: skip
CHECKS = (
    check("health", "reference"),
    check("waived", "undecided", status="WAIVED", status_reason="CAPACITY"),
    check("downgraded", "downgraded"),
    check("orphan", "nowhere"),
)
RESPONSES = (
    {
        **person("N1", **child(1)),
        "source_record_id": "response-reference",
        "mash_enquiry_ref": "enquiry-reference",
        "status": "RETURNED",
        "returned_at": "2026-03-02T15:41:00+00:00",
    },
)
EPISODES = (
    episode("out-of-reach", 16, reported_at="2025-12-01T22:40:00+00:00", found_at="2025-12-02T03:15:00+00:00"),
    episode("first", 16, reported_at="2025-12-01T22:40:01+00:00", found_at="2025-12-02T03:15:00+00:00"),
    episode("second", 16, reported_at="2026-02-10T22:40:00+00:00", found_at="2026-02-11T03:15:00+00:00"),
    episode("third", 16),
    episode("known", 17, prior_episode_count_90d="5", risk_current="NAR"),
    episode("open", 18, status="OPEN", found_at=""),
    episode("elsewhere", 19, responsible_la_code="873"),
    episode("died", 23, returned_to_type="FOUND_DECEASED"),
    episode("cancelled", 24, status="CANCELLED"),
)
HELD_EPISODE = Delivery(
    "police__missing_episodes",
    (episode("held", 25, risk_current="Q", risk_initial="Q"),),
    2,
    MONDAY,
    {0: ("risk_current", "risk_initial")},
)
INTERVIEWS = (
    interview("refused", 17, "known", accepted="N", refused_reason="CHILD_REFUSED"),
    interview(
        "named", 16, "third", completed_at="2026-03-03T10:00:00+00:00", concern_increase="Y",
        contact_id_created="contact-elsewhere",
    ),
    interview("next", 21, "", completed_at="2026-03-03T10:00:00+00:00", concern_increase="Y"),
    interview("unreferred", 22, "", completed_at="2026-03-03T10:00:00+00:00", concern_increase="Y"),
)  # fmt: skip
