"""The search for leaks finds what it is meant to find."""

import pytest

from tests.e2e.leaks import People

RECORD = {
    "nhs_number": "9990000018",
    "upn": "H801200001001",
    "forename": "Zebedee",
    "surname": "Quill-Feather",
    "dob": "2011-02-03",
    "postcode": "PE1 1AA",
}


@pytest.mark.parametrize(
    "text",
    [
        "number 9990000018 is wrong",
        "999 000 0018",
        '{"upn": "H801200001001"}',
        "Zebedee Quill-Feather",
        '"forename": "ZEBEDEE", "surname": "quill-feather"',
        "born 03/02/2011",
        'invalid date "2011-02-03"',
        "at pe11aa",
        "at PE1 1AA.",
    ],
)
def test_a_value_is_found_however_it_is_written(text: str) -> None:
    people = People()
    people.add(RECORD)
    assert list(people.found_in(text))


def test_an_ordinary_sentence_holds_nobody() -> None:
    people = People()
    people.add(RECORD)
    assert not list(people.found_in("alert A-1 opened 2026-03-09, feather or quill, zebedee alone, 99900"))
