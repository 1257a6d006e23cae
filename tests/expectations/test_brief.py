"""The daily brief on a real database: what it says, what it must not hold, what it admits not to know."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import psycopg
import pytest
from frontdoor.alerts.brief.page import render, write_brief
from frontdoor.alerts.watch import watch
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

from tests.expectations.examples import lay

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
CANARY = "Zzyzxcanary"
VOID = {"meta", "rect", "line", "br"}


class Outline(HTMLParser):
    """The page's tags, in order, with what is wrong with their nesting."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self.open.pop() == tag, f"</{tag}> closes something else"


def outline(text: str) -> Outline:
    parsed = Outline()
    parsed.feed(text)
    assert parsed.open == []
    return parsed


@pytest.fixture(scope="module")
def page(council: Settings, owner: psycopg.Connection) -> str:
    """The brief of a council where one referral of two is lost and a restricted child's contact waits."""
    sent: dict[str, Any] = {
        "child_key": f"{CANARY}child",
        "urgency_code": "ROUTINE",
        "submitted_at": NOON - timedelta(hours=6),
        "receipt_due_at": NOON - timedelta(hours=2),
    }
    given = {
        "safeguarding.fct_sent_referrals": [
            {"sent_referral_key": f"{CANARY}lost", **sent},
            {"sent_referral_key": "arrived", **sent, "received_at": NOON - timedelta(hours=5)},
        ],
        "safeguarding.fct_contacts": [
            {"contact_key": "hidden", "child_key": "restricted", "rag_code": "RED",
             "oversight_due_at": NOON - timedelta(hours=1)},
            {"contact_key": "soon", "received_at": NOON, "oversight_due_at": NOON + timedelta(hours=2)},
        ],
        "safeguarding.fct_timeliness": [
            {"timeliness_key": "met", "segment_code": "G3", "started_at": NOON - timedelta(hours=9),
             "due_at": NOON - timedelta(hours=5), "done_at": NOON - timedelta(hours=6)},
            {"timeliness_key": "overdue", "segment_code": "G3", "started_at": NOON - timedelta(hours=9),
             "due_at": NOON - timedelta(hours=5), "done_at": NOON + timedelta(hours=1)},
        ],
        "safeguarding.dim_children": [{"child_key": "restricted", "is_restricted": True}],
    }  # fmt: skip
    lay(owner, given, data_as_of=NOON)
    watch(council, as_of=NOON)
    return render(council, as_of=NOON)


def test_it_states_each_finding(page: str, catalogue: Any) -> None:
    for finding in catalogue.findings:
        assert finding.title in page
    assert "Of <strong>2</strong> referrals sent in the last eight days, <strong>1</strong> are accounted for" in page
    assert "1 of 2 in time, 1 overdue" in page
    assert "Contacts to be overseen" in page


def test_it_says_that_it_cannot_say_when_a_feed_is_silent(page: str) -> None:
    # Nothing is open about missing children, but no police file ever came.
    card = page[page.index("Missing children are followed up") :]
    assert card.index("? Cannot say") < card.index("</article>")
    assert "is late" in card[: card.index("</article>")]


def test_it_holds_no_key_and_no_restricted_alert(page: str) -> None:
    assert CANARY not in page
    assert "FD-02 Contact waiting" not in page


def test_it_is_complete_in_itself(page: str) -> None:
    tags = outline(page).tags
    names = {tag for tag, _ in tags}
    assert names.isdisjoint({"script", "img", "iframe", "link", "object", "form"})
    assert not any(name == "style" or name.startswith("on") for _, attributes in tags for name in attributes)
    links = {attributes["href"] for tag, attributes in tags if tag == "a"}
    assert all(str(link).startswith(("#", "https://frontdoor.invalid/alerts/")) for link in links)
    assert "default-src 'none'; style-src 'sha256-" in page


def test_it_can_be_read_aloud(page: str) -> None:
    parsed = outline(page)
    tags = [tag for tag, _ in parsed.tags]
    assert tags.count("table") == tags.count("caption")
    assert all("scope" in attributes for tag, attributes in parsed.tags if tag == "th")
    assert tags.count("h1") == 1
    charts = [attributes for tag, attributes in parsed.tags if tag == "svg" and "aria-hidden" not in attributes]
    assert charts
    assert all(attributes["role"] == "img" for attributes in charts)
    assert len(re.findall("<title>", page)) == len(charts) + 1


def test_before_anything_is_published_it_still_speaks(settings: Settings) -> None:
    text = render(settings, as_of=NOON)

    outline(text)
    assert "Nothing has been published yet" in text
    assert "nothing has been published yet" in text


def test_an_unfinished_page_is_never_seen(council: Settings, tmp_path: Path) -> None:
    written = write_brief(council, as_of=NOON, path=tmp_path / "new" / "brief.html")

    assert [path.name for path in written.parent.iterdir()] == ["brief.html"]


def test_the_watch_reads_no_more_than_the_alerter_may(council: Settings) -> None:
    with connect(council, role="alerter") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select pers_forename from landing.council__persons")
