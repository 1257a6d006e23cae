"""What Frontdoor knows of names: which are forms of one another, and how common each is."""

import csv
import re
import tomllib
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import pytest
from frontdoor.synthesis import names

REPOSITORY = Path(__file__).parents[3]
ROOTS = REPOSITORY / "dbt_project" / "seeds" / "forename_roots.csv"
FREQUENCIES = REPOSITORY / "expectations" / "linkage" / "name_frequencies.csv"
STANDARDISED = re.compile(r"[A-Z]{2,}")
OTHER_FORMS = [*names._NICKNAMES.items(), *names._TRANSLITERATIONS.items()]


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def _standardised(name: str) -> str:
    return re.sub(r"[^A-Z]", "", names.plain(name).upper())


@pytest.fixture(scope="module")
def roots() -> dict[str, str]:
    return {forename: root for forename, root, *_ in _rows(ROOTS)[1:]}


@pytest.fixture(scope="module")
def frequencies() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for term_code, term, frequency in _rows(FREQUENCIES)[1:]:
        found[term_code][term] = float(frequency)
    return found


@pytest.fixture(scope="module")
def council() -> dict[str, set[str]]:
    """The forenames and surnames of the synthetic council."""
    table = tomllib.loads(files(names.__package__).joinpath("names.toml").read_text("utf-8"))
    origins, _ = names.origins()
    return {
        "forename": {_standardised(name) for one in table.values() for name in f"{one['boys']} {one['girls']}".split()},
        "surname": {_standardised(name) for one in origins for name in one.surnames},
    }


def test_every_forename_is_listed_once_under_a_root_that_is_its_own() -> None:
    header, *rows = _rows(ROOTS)
    assert header == ["forename", "root", "first_part", "has_boys_and_girls"]
    assert rows == sorted(rows, key=lambda row: (row[1], row[0]))
    root_of = {name: root for name, root, *_ in rows}
    assert len(root_of) == len(rows), "a name stands in two groups"
    assert [name for name in root_of if not STANDARDISED.fullmatch(name)] == []
    assert [name for name, root, *_ in rows if root_of.get(root) != root] == []
    # Of a double name's spellings each has the same first half, a name that is none itself.
    parts: dict[str, set[str]] = defaultdict(set)
    sexes: dict[str, set[str]] = defaultdict(set)
    for _, root, first, mixed in rows:
        parts[root].add(first)
        sexes[root].add(mixed)
    assert [root for root, told in sexes.items() if len(told) > 1] == []
    assert [root for root, firsts in parts.items() if len(firsts) > 1] == []
    assert [name for name, _, first, _ in rows if first and (root_of.get(first) != first or parts[first] != {""})] == []


def test_every_term_is_listed_once_with_a_share_it_can_have() -> None:
    header, *rows = _rows(FREQUENCIES)
    assert header == ["term_code", "term", "frequency"]
    assert [(code, term) for code, term, _ in rows] == sorted({(code, term) for code, term, _ in rows})
    assert {code for code, _, _ in rows} == {"forename", "surname"}
    assert [term for _, term, _ in rows if not STANDARDISED.fullmatch(term)] == []
    assert [term for _, term, share in rows if not re.fullmatch(r"0\.\d{6}", share)] == []
    assert [term for _, term, share in rows if not 0 < float(share) <= 0.05] == []


def test_no_more_people_bear_the_listed_names_than_there_are(frequencies: dict[str, dict[str, float]]) -> None:
    assert all(0.5 < sum(shares.values()) < 1 for shares in frequencies.values())


def test_other_forms_of_a_forename_have_its_root(
    roots: dict[str, str], frequencies: dict[str, dict[str, float]]
) -> None:
    pairs = [(_standardised(name), _standardised(other)) for name, other in OTHER_FORMS]
    nicknames = pairs[: len(names._NICKNAMES)]
    of_forenames = [
        pair for pair in pairs if pair in nicknames or all(name in frequencies["forename"] for name in pair)
    ]
    assert len(of_forenames) > len(nicknames)
    apart = [(name, other) for name, other in of_forenames if roots.get(name, name) != roots.get(other, other)]
    assert apart == []


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("EMMA", "EMILY"),
        ("HASSAN", "HUSSAIN"),
        ("YUSUF", "JOSEPH"),
        ("ELLA", "ELLIE"),
        ("JAYDEN", "KAYDEN"),
        ("AMINA", "AMIRA"),
        ("GURPREET", "HARPREET"),
        ("JOHN", "JONATHAN"),
        ("LUKE", "LUCAS"),
        ("LILYMAE", "LILYROSE"),
        ("BOBBYJOE", "BOBBYLEE"),
    ],
)
def test_names_that_two_siblings_may_bear_stay_apart(roots: dict[str, str], name: str, other: str) -> None:
    assert roots.get(name, name) != roots.get(other, other)


@pytest.mark.parametrize("term_code", ["forename", "surname"])
def test_every_name_of_the_synthetic_council_is_a_name_people_have(
    frequencies: dict[str, dict[str, float]], council: dict[str, set[str]], term_code: str
) -> None:
    assert council[term_code] - frequencies[term_code].keys() == set()


def test_forms_of_one_name_that_are_a_boy_s_and_a_girl_s_are_marked() -> None:
    table = tomllib.loads(files(names.__package__).joinpath("names.toml").read_text("utf-8"))
    mixed = {name for name, _, _, mark in _rows(ROOTS)[1:] if mark == "true"}
    root_of = {name: root for name, root, *_ in _rows(ROOTS)[1:]}
    boys, girls = (
        {root_of[name] for one in table.values() for name in map(_standardised, one[sex].split()) if name in root_of}
        for sex in ("boys", "girls")
    )
    assert {"DANIEL", "DANIELA", "SAMANTHA", "BILLIE"} <= mixed
    assert not {"JOSHUA", "ELIZABETH"} & mixed
    assert (boys & girls) - mixed == set()
