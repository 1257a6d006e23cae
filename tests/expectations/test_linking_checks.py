"""Who hears of what linking found: of a restricted child its custodians, of an adoption the data protection officer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import psycopg
import pytest
from frontdoor.alerts import desk
from frontdoor.alerts.brief.page import render
from frontdoor.alerts.catalogue import Catalogue
from frontdoor.alerts.watch import watch
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import Role, connect

from tests.expectations.examples import lay

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
CANARY = "Zzyzxcanary"


@pytest.fixture
def post(
    council: Settings, owner: psycopg.Connection, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The outbox of a watch that asks the linking checks only, with nothing left over from another test."""
    linking = {check.id: check for check in catalogue if check.family == "LK"}
    monkeypatch.setattr("frontdoor.alerts.watch.load_catalogue", lambda _: replace(catalogue, checks=linking))
    owner.execute("truncate alerts.alerts, alerts.messages, alerts.ticks, ledger.stage_runs restart identity cascade")
    folder = council.home / "outbox"
    yield folder
    for file in folder.glob("*"):
        file.unlink()


def lay_review(owner: psycopg.Connection, reason_code: str, *, children: list[dict[str, Any]]) -> None:
    review = {
        "link_review_key": "asks", "left_child_key": "known", "right_child_key": f"{CANARY}child",
        "reason_code": reason_code, "raised_at": NOON - timedelta(hours=1),
    }  # fmt: skip
    given = {"assurance.fct_link_reviews": [review], "safeguarding.dim_children": children}
    lay(owner, given, data_as_of=NOON)


def mail(folder: Path) -> list[tuple[str, str, str]]:
    """To, subject and body of each message written, in order."""
    read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))]
    return [(message["To"], message["Subject"], message.get_content()) for message in read]


def test_a_pair_is_restricted_when_either_child_is(council: Settings, owner: psycopg.Connection, post: Path) -> None:
    lay_review(owner, "TWIN", children=[{"child_key": f"{CANARY}child", "is_restricted": True}])

    watch(council, as_of=NOON)

    assert [(to, subject) for to, subject, _ in mail(post)] == [
        ("custodians@example.invalid", "[SEV3] One restricted item")
    ]
    assert owner.execute("select count(*) from safeguarding.fct_alerts").fetchone() == (0,)
    assert "whether they are one: 0. " in render(council, as_of=NOON)


def test_an_urgent_question_tells_neither_why_nor_about_whom(
    council: Settings, owner: psycopg.Connection, post: Path
) -> None:
    lay_review(owner, "UNBORN_BORN", children=[])
    owner.execute("update published.fct_link_reviews set raised_at = %s", [NOON - timedelta(days=2)])
    owner.execute(
        "insert into published.fct_mash_enquiries (mash_enquiry_key, child_key, rag_current_code, _added_by)"
        " values ('open', 'known', 'RED', 1)"
    )

    watch(council, as_of=NOON)

    told = mail(post)
    assert {(to, subject) for to, subject, _ in told} == {
        ("data.steward@example.invalid", "[SEV1] LK-01 1 item needs action"),
        ("ifd.duty-manager@example.invalid", "[SEV1] LK-01 1 item needs action"),
        ("data.steward@example.invalid", "[SEV3] LK-05 1 item needs action"),
    }
    for _, _, body in told:
        assert CANARY not in body
        assert not any(word in body.lower() for word in ("possible", "born", "twin", "child")), "the name is sensitive"
    assert (
        "whether they are one: 1, 1 of them for more than a working day, 1 with a child who is missing or rated RED. "
    ) in render(council, as_of=NOON)


def test_only_the_data_protection_officer_hears_of_an_adoption(
    council: Settings, owner: psycopg.Connection, post: Path
) -> None:
    attempt = {"attempted_by": f"{CANARY}steward", "attempted_at": NOON - timedelta(minutes=5)}
    lay(owner, {"linkage.refused_attempts": [attempt]}, data_as_of=NOON)

    for minutes in (0, 15, 30):
        watch(council, as_of=NOON + timedelta(minutes=minutes))

    assert [(to, subject) for to, subject, _ in mail(post)] == [
        ("data.protection@example.invalid", "[SEV1] LK-04 1 item needs action"),
        ("data.protection@example.invalid", "[SEV1] LK-04 1 item not acknowledged"),
    ]
    assert not any(word in body for _, _, body in mail(post) for word in (CANARY, "dopt", "ttempt"))
    [alert] = desk.find(council, check_id="LK-04")
    page = render(council, as_of=NOON + timedelta(minutes=30))
    assert alert.alert_ref not in page
    assert "Adoption" not in page


@pytest.mark.parametrize("role", ["alerter", "validator"])
def test_who_asks_whether_somebody_tried_is_not_told_who(council: Settings, role: Role) -> None:
    with connect(council, role=role, autocommit=True) as connection:
        connection.execute("select attempted_at from linkage.refused_attempts")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select attempted_by from linkage.refused_attempts")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select from linkage.decisions")


def test_a_check_of_any_mart_waits_for_the_first_publication(catalogue: Catalogue) -> None:
    assert {check.id for check in catalogue if not check.needs_publication} == {"DQ-01", "DQ-02", "OP-01"}
