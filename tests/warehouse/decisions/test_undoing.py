"""What an undo says of keys, and what the next build does."""

import re
from collections import Counter
from pathlib import Path

import pytest
from frontdoor.linkage.decisions import Author, Kind, decide, undo
from frontdoor.linkage.records import find_pair, steward
from frontdoor.linkage.touches import after_undo, records_of, touches
from frontdoor.settings import Settings

from tests.warehouse.scratch_links import MONDAY, PersonRow, ScratchLinks, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ANN = Author("A. Steward", MONDAY, "the same child, said the school")
# Nothing but people joins any two.
SURNAMES = ("Quillum", "Marrow", "Zandel", "Pelworth", "Drovix", "Kabray", "Wendle", "Thorrin", "Vexley", "Brandle")
LETTERS = "abcdefghij"
SAID = re.compile(r"key (?P<key>[0-9a-f]{12}) (comes back for|stays with) (?P<count>\d+) record")


def row(letter: str) -> PersonRow:
    number = LETTERS.index(letter)
    return {
        "forename": f"Zz{SURNAMES[number][::-1].lower()}", "surname": SURNAMES[number], "sex": "FM"[number % 2],
        "dob": f"{1990 + number}-{number + 1:02}-0{number % 9 + 1}", "postcode": f"PE{number + 1} 1AA",
        "record_id": letter, "source": f"agency-{letter}",
    }  # fmt: skip


def decided(links: ScratchLinks, kind: Kind, pair: str) -> int:
    with steward(links.scratch) as desk:
        return decide(desk, kind, *find_pair(desk, *(f"agency-{letter}:{letter}" for letter in pair)), ANN)[
            0
        ].decision_no


def told(links: ScratchLinks, decision_no: int) -> list[str]:
    with steward(links.scratch) as desk:
        decision = undo(desk, decision_no, ANN)
        return after_undo(desk, decision, touches(desk, *records_of(desk, decision)))[:-1]


def test_every_key_that_an_undo_names_is_the_next_build_s(warehouse: Settings, tmp_path: Path) -> None:
    """Three join one by one, by the older first, by the younger first, at once; and two pairs are joined into four."""
    with scratch_links(warehouse, tmp_path) as links:
        links.deliver([row(letter) for letter in LETTERS])
        made = {pair: decided(links, "link", pair) for pair in ("ab", "ef", "gh", "ij")}
        links.rebuild(is_full=False)
        made |= {pair: decided(links, "link", pair) for pair in ("bc", "de", "hi")}
        links.rebuild(is_full=False)
        named, unknown = 0, 0
        for pairs in (("ab", "ef", "gh"), ("bc", "de", "ij"), ("hi",)):
            said = [line for pair in pairs for line in told(links, made[pair])]
            links.rebuild(is_full=False)
            counts = Counter(key[:12] for key in links.children().values())
            for line in said:
                found = SAID.match(line)
                if found:
                    named += 1
                    assert counts[found["key"]] == int(found["count"]), line
                else:
                    unknown += 1
                    assert "the next build says which key" in line
        assert len(set(links.children().values())) == len(LETTERS)
        assert (named, unknown) == (10, 4)
