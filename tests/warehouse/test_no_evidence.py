"""What people write who know nothing is no evidence; what looks like it and is somebody's name or home still is.

Each example is two records of one surname and birth date, of two agencies. Those that say only what is nothing must not
be linked by it; what differs from it in the one point that makes it something must.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from frontdoor.settings import Settings

from tests.warehouse.scratch_links import Found, Pair, PersonRow, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

Fields = dict[str, str]
# Names on the list of forenames: Anna, Chloe, Maria, Mohammed, Oliver, Sofia. Not on it: Zzomar.
HOME = {"postcode": "PE1 1AA"}
TWICE = 2


@dataclass(frozen=True, slots=True)
class Example:
    """What the records of one family say, and which of them, by place, are one child."""

    name: str
    records: tuple[Fields, ...]
    children: tuple[tuple[int, ...], ...]


def nothing(field: str, *written: str, **rest: str) -> Iterator[Example]:
    """Two records that have this value in common and nothing else that would link them: they stay two."""
    for value in written:
        yield Example(f"{field} {value!r} is nothing", ({**rest, field: value},) * TWICE, ((0,), (1,)))


def something(field: str, *written: str, **rest: str) -> Iterator[Example]:
    """The same with a value that says something: they are one."""
    for value in written:
        yield Example(f"{field} {value!r} is something", ({**rest, field: value},) * TWICE, ((0, 1),))


def names(field: str, one: str, other: str, *, is_one: bool) -> Example:
    """Two records of one home, and how each writes a name."""
    return Example(
        f"{field} {one!r} and {other!r}",
        ({**HOME, field: one}, {**HOME, field: other}),
        ((0, 1),) if is_one else ((0,), (1,)),
    )


def called(name: str, *forenames: str, children: tuple[tuple[int, ...], ...]) -> Example:
    """Records of one home, each called by a forename and, after a plus, middle names."""
    records = []
    for place, written in enumerate(forenames):
        forename, _, middle_names = written.partition("+")
        source = {"source": f"agency-{place}"}
        records.append({**HOME, **source, "forename": forename, "middle_names": middle_names})
    return Example(name, tuple(records), children)


ADDRESSES = (
    *nothing(
        "address",
        "Not provided", "No known address", "Address withheld", "Address withheld 12/03/2024", "ADDRESS-WITHHELD",
        "Withheld", "Temporary accommodation", "Temp. accommodation, room 12", "Travelling", "Same as mother",
        "foster care", "Foster placement 2", "see notes", "overseas", "c/o school", "c/o Social Services, 2 teams",
        "Peterborough", "Peterborough, Cambridgeshire", "Peterborough PE1", "Peterborough, PE1 1AA", "(not known)",
        "Not known since 2019", "not yet known", "To be confirmed", "as above", "Same as above", "placement",
        "Out of area", "moved away", "Moved 12/03/2024", "NFA since 2019", "Room 4", "Flat 12B", "xxxxxxx", "00000",
        # Prose, and a street without a house.
        "staying with nan in Orton", "Mum's house, Mill Lane", "Lincoln Road, Peterborough", "High Street",
        "Cottage Lane, Ely", "St Ives, Cambridgeshire", "Bury St Edmunds", "Women's Safe House, Mill Lane",
        "At school, Mill Lane",
    ),
    *something(
        "address",
        "1 Withheld Road", "12 Placement Street", "Rose Cottage, Mill Lane", "Rose Cottage, Ufford",
        "The Laurels, Mill Lane", "Decoy Farm Crowland", "The Old School House, Mill Lane", "Temple House, Ely Road",
        "Flat 9, Yorvic House", "Foster Road 12", "Nottingham Road 3", "Travellers Rest, 2 Fen Road",
        "c/o 12 High Street", "Moveden Lodge, Ely", "Upr Norwood Road 3",
    ),
)  # fmt: skip

MIDDLE_NAMES = (
    *nothing(
        "middle_names",
        "N.K.", "n/k", "N / A", "None given", "no middle name", "No middle names", "not applicable", "none", "nil", "-",
        "Not known to us", "(not known)", "To be confirmed", "NOT-KNOWN", "Unk.", "withheld",
    ),
    *something("middle_names", "Noor", "Nonna", "Notburga", "Nilla", "Unity", "An", "Toby"),
)  # fmt: skip

TELEPHONES = (
    *nothing(
        "phone",
        "07777777777", "01234567890", "07123456789", "0123456789", "07987654321", "09876543210", "0711111 1111",
        "+44 7777 777777", "02222222222", "1234567890", "07000000000", "0000000",
    ),
    *something(
        "phone", "07777 777 717", "01234 567 819", "07123 456 798", "01632 960901", "07700 900123", "01733 111112"
    ),
)  # fmt: skip

EMAILS = (
    *nothing(
        "email",
        "a@a.com", "no.email@council.example", "noemail2@mail.example", "noreply@example.com", "No-Reply@example.com",
        "not.known@example.com", "none@example.com", "nil@example.com", "n/a@example.com", "unknown@example.com",
        "test@example.com", "test1@example.com", "admin@school.example", "office@school.example",
        "info@school.example", "reception@school.example", "enquiries@school.example", "x@x.x", "x@y.z",
        "abc@abc.com", "zada@noemail.com",
    ),
    *something(
        "email",
        "anna@a.com", "noel@example.com", "nils@example.com", "tester.quorbin@example.com", "adminda@example.com",
        "na95@example.com", "abc@example.com", "officer.zada@example.com",
    ),
)  # fmt: skip

NO_NAMES = (
    *nothing(
        "forename",
        "Anon", "Unidentified", "Unidentified male", "AN Other", "A N Other", "A.N. Other", "Redacted", "Not yet named",
        "Name TBC", "Name unknown", "Name not known", "Unk", "None given", "BabyBoy", "Baby-Girl", "Baby_Girl", "Baby1",
        "Foetus", "Fetus", "Foetus 1", "Neonate", "Twin I", "Twin II", "Twin1", "TwinB", "Girl Twin", "Triplet 1",
        "Triplet A", "To be confirmed", "Not yet known", "N.K.", "n / k", "N-K", "T.B.C.", "Son of Sarah", "First twin",
        "Not known at present", "No name yet", "NO FORENAME GIVEN", **HOME,
    ),
    *something(
        "forename",
        "Annon", "An", "Noah", "Noname-Zada", "Nottley", "Boyd", "Twine", "Chiara", "Malek", "Sonny", "Babette",
        "Redmond", "Infanta", "Newton", "Nameera", "Childeric", "Firdaus", "Unkara", "N K", "T B C", **HOME,
    ),
)  # fmt: skip

TITLES = (
    names("forename", "Mr Zzomar", "Zzomar", is_one=True),
    names("forename", "Dr. Zzomar", "Miss ZZOMAR", is_one=True),
    names("forename", "Master Zzomar", "Ms Zzomar", is_one=True),
    names("forename", "Drew Zzomar", "Zzomar", is_one=False),
    names("forename", "Missy", "Missy", is_one=True),
    # A title alone is no name.
    *nothing("forename", "Mr", "Master", "Dr.", "Ms", **HOME),
)

WRITTEN_OUT = (
    *(
        names("forename", one, other, is_one=True)
        for one, other in (
            ("Jörg", "Joerg"), ("Jörg", "Jorg"), ("JÖRG", "JOERG"), ("Jo\u0308rg", "Joerg"), ("Søren", "Soeren"),
            ("Søren", "Soren"), ("Håkon", "Haakon"), ("Käthe", "Kaethe"), ("Jürgen", "Juergen"), ("Weißa", "Weissa"),
            ("Chloë", "Chloe"), ("Zoë", "Zoe"), ("Zoé", "Zoë"), ("Özgür", "Ozgur"), ("Noël", "Noel"),
        )
    ),
    # Neither has a mark, and neither is a name on the list: a person is asked.
    names("forename", "Joerg", "Jorg", is_one=False),
    names("forename", "Jörg", "Jarg", is_one=False),
    names("surname", "Müllerbak", "Muellerbak", is_one=True),
    names("surname", "Quærbin", "Quaerbin", is_one=True),
    names("surname", "Åsquorbin", "Aasquorbin", is_one=True),
)  # fmt: skip

SEVERAL_WORDS = (
    called("a middle name in the forename's field", "Oliver James", "Oliver+James", children=((0, 1),)),
    called("two middle names there", "Oliver James Zed", "Oliver+James Zed", children=((0, 1),)),
    called("another middle name there", "Oliver James", "Oliver+George", children=((0,), (1,))),
    called("who has none may be a twin", "Oliver James", "Oliver", children=((0,), (1,))),
    called("a double name, however it is joined", "Mary Jane", "Mary-Jane", "Maryjane", children=((0, 1, 2),)),
    called("a double name and a middle name that one side has", "Mary Jane", "Mary Jane+Rose", children=((0, 1),)),
    called(
        "twins who share a first name",
        "Anna Maria", "Anna Sofia", "Anna+Maria", "Anna+Sofia",
        children=((0, 2), (1, 3)),
    ),
    called("a twin and who has neither name", "Anna Maria", "Anna Sofia", "Anna", children=((0,), (1,), (2,))),
    called(
        "brothers who share a first name, and who has but that",
        "Mohammed Ali", "Mohammed Hassan", "Mohammed",
        children=((0,), (1,), (2,)),
    ),
    called("who is called by the last of his names", "Md Zzahim", "Zzahim", children=((0, 1),)),
    called("who is called so with a mark", "Mohd. Zzahim", "Zzahim", children=((0, 1),)),
    called("brothers called by the last of their names", "Md Zzahim", "Md Zzorim", "Zzahim", children=((0, 2), (1,))),
    called("a girl called by the last of her names", "Thi Zzaimel", "Zzaimel", children=((0, 1),)),
    called("who is not called by the last of his names", "Oliver Zzahim", "Zzahim", children=((0,), (1,))),
)  # fmt: skip

NO_SURNAMES = ("Not yet known", "N / K", "As above", "A N Other", "Unk.", "Not provided", "Baby Smith", "Name TBC")
SURNAMES = ("Nottingham", "Noakes", "Others", "Boyd", "Twine", "Childs", "Na-Quorbin", "Newborne", "Master", "Drew")

EXAMPLES = (
    *ADDRESSES, *MIDDLE_NAMES, *TELEPHONES, *EMAILS, *NO_NAMES, *TITLES, *WRITTEN_OUT, *SEVERAL_WORDS,
)  # fmt: skip


def rows(number: int, example: Example) -> Iterator[PersonRow]:
    """The example's records under a surname and birth date of their own, and at a home where they have one."""
    letters = "bdfgklmnprtvz"
    ending = f"{letters[number % 13]}a{letters[number // 13 % 13]}u{letters[number // 169]}orth"
    # Never in January, whose first day is a guess.
    born = f"{2006 + number % 9}-{number // 9 % 11 + 2:02}-{number // 99 * 5 + 3:02}"
    for place, fields in enumerate(example.records):
        told = {"source": f"agency-{place}", "forename": "Zzomar", "surname": f"Qu{ending}", "sex": "M", **fields}
        if "surname" in fields and len(set(map(str, example.records))) > 1:
            told["surname"] = fields["surname"] + ending
        if "postcode" in fields:
            told["postcode"] = f"PE{number % 9 + 1} {number // 9 % 9}{letters[number // 81].upper()}B"
        yield {"record_id": f"{number}-{place}", "dob": born, **told}


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of all examples, taken in together."""

    children: dict[str, str]
    pairs: dict[Pair, Found]
    surnames: dict[str, str | None]


@pytest.fixture(scope="module")
def linked(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Linked:
    with scratch_links(warehouse, tmp_path_factory.mktemp("nothing")) as links:
        told = [row for number, example in enumerate(EXAMPLES) for row in rows(number, example)]
        links.deliver(
            [*told, *({"record_id": f"surname-{name}", "surname": name} for name in (*NO_SURNAMES, *SURNAMES))]
        )
        surnames = links.rows(
            "select agency_person_id, evident_surname from identity.int_person_records__standardised"
            " where agency_person_id like 'surname-%'"
        )
        return Linked(links.children(), links.pairs(), dict(surnames))


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=[example.name for example in EXAMPLES])
def test_who_is_one_child(linked: Linked, number: int) -> None:
    example = EXAMPLES[number]
    found: dict[str, list[int]] = {}
    for place in range(len(example.records)):
        found.setdefault(linked.children[f"{number}-{place}"], []).append(place)
    assert sorted(map(tuple, found.values())) == sorted(example.children)


def test_a_surname_is_what_somebody_is_called(linked: Linked) -> None:
    assert [linked.surnames[f"surname-{name}"] for name in NO_SURNAMES] == [None] * len(NO_SURNAMES)
    assert [linked.surnames[f"surname-{name}"] for name in SURNAMES] == [
        name.upper().replace("-", "") for name in SURNAMES
    ]


CONTACTS = (*ADDRESSES, *MIDDLE_NAMES, *TELEPHONES, *EMAILS)


@pytest.mark.parametrize(
    "number",
    [n for n, example in enumerate(CONTACTS) if example.name.endswith("is nothing")],
    ids=lambda n: CONTACTS[n].name,
)
def test_a_name_and_a_birth_date_beside_nothing_are_asked_about(linked: Linked, number: int) -> None:
    found = linked.pairs[frozenset({f"{number}-0", f"{number}-1"})]
    assert (found.decision, found.reason) == ("review", "NAME_BIRTH_ONLY")
