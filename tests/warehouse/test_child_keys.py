"""A child's key outlives new evidence, decisions, corrections and builds that died; its history tells who was whom."""

from dataclasses import dataclass, field

import pytest
from frontdoor.linkage.decisions import Author, Kind, decide, undo
from frontdoor.linkage.records import find_pair, steward
from frontdoor.settings import Settings

from tests.warehouse.scratch_links import MONDAY, PersonRow, ScratchLinks, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ANN = Author("A. Steward", MONDAY, "the same child, said the school")
NAMES = ("Quill", "Marrow", "Zandel", "Pelworth", "Drovix", "Kabray", "Wendle", "Thorrin", "Vexley", "Brandle")
NAMES += ("Oxmere", "Yarrick", "Zoring", "Pendrith")
SURNAMES = dict(zip("abcdefghijklmn", NAMES, strict=True))
NUMBERS = {letter: number for number, letter in enumerate(SURNAMES, start=1)}
# Three homes in which nothing but name and birth date speaks for a record.
LEICESTER, NOTTINGHAM, COVENTRY = "LE{} 9ZZ", "NG{} 4BB", "CV{} 7QQ"
AWAY = dict(zip("123456", (LEICESTER, *[NOTTINGHAM] * 3, *[COVENTRY] * 2), strict=True))

History = tuple[str, int, int | None, str, int | None]


def row(name: str, /, **changes: str) -> dict[str, str]:
    """A record of the family its first letter names; all of a family are one child unless something is changed."""
    number = NUMBERS[name[0]]
    values = {"forename": "Zzada", "surname": SURNAMES[name[0]], "dob": f"{2004 + number}-05-03", "sex": "F"}
    home = {"postcode": f"PE{number} 1AA", "record_id": name, "source": f"agency-{name[1:]}"}
    return {**values, **home, **changes}


def away(name: str) -> dict[str, str]:
    """The same, living somewhere else."""
    return row(name, postcode=AWAY[name[1]].format(NUMBERS[name[0]]))


def somebody_else(name: str) -> dict[str, str]:
    """The same number, but a record that turned out to be of another person."""
    number = NUMBERS[name[0]]
    return {**away(name), "forename": "Zzother", "surname": SURNAMES[name[0]][::-1], "dob": f"199{number % 10}-11-24"}


@dataclass(slots=True)
class Story:
    """After each build: whose key each record bears, its history and the aliases."""

    children: dict[int, dict[str, str]] = field(default_factory=dict)
    aliases: dict[int, dict[str, str]] = field(default_factory=dict)
    history: dict[int, dict[str, list[History]]] = field(default_factory=dict)
    minted: dict[int, set[tuple[str, int]]] = field(default_factory=dict)
    decisions: list[int] = field(default_factory=list)
    named_together: dict[str, list[str]] = field(default_factory=dict)

    def remember(self, links: ScratchLinks) -> None:
        """Write down how things are after the last build."""
        at = links.build_no
        self.children[at] = links.children()
        self.aliases[at] = dict(links.rows("select alias_key, child_key from identity.child_key_aliases"))
        self.minted[at] = set(links.rows("select child_key, minted_in from identity.child_keys"))
        self.history[at] = {}
        for record, *history in links.rows(_HISTORY):
            self.history[at].setdefault(record, []).append(tuple(history))

    def key(self, at: int, *records: str) -> str:
        """The one key all these records bear after a build."""
        [key] = {self.children[at][record] for record in records}
        return key

    def reasons(self, record: str) -> list[str]:
        """Why the record became who it was, one after the other, to the end."""
        return [reason for _, _, _, reason, _ in self.history[max(self.history)][record]]


def deliver(story: Story, links: ScratchLinks, *rows: PersonRow, is_published: bool = True) -> None:
    links.deliver(rows, is_published=is_published)
    story.remember(links)


@pytest.fixture(scope="module")
def story(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Everything that can happen to a key, in seven builds; each letter is a family with a story of its own."""
    told = Story()
    with scratch_links(warehouse, tmp_path_factory.mktemp("keys")) as links:
        first = ("a1", "b1", "c1", "d1", "g1", "h1", "i2", "j1")
        deliver(told, links, *map(row, first), *map(away, ("e1", "k1", "l1", "m5", "n1")), row("f1"))
        deliver(
            told, links,
            away("a2"), away("b2"), away("b3"), row("c2"), row("c3"), row("d2"), away("e2"), away("e3"), away("f2"),
            row("h2"), row("i1"), away("k2"), away("k3"),
            away("l2"), away("l3"), away("l5"), away("l6"), row("m1"), row("m2"), row("m3"),
            away("n2"),
        )  # fmt: skip
        told.decisions += [decided_by_ann(links, "link", f"{family}1", f"{family}2") for family in "ekln"]
        mistaken = [decided_by_ann(links, "link", "m1", "m5"), decided_by_ann(links, "separate", "m1", "m2")]
        deliver(
            told, links,
            row("a2"), row("b2"), row("b3"), somebody_else("c1"), somebody_else("d1"),
            away("k4"), row("h1", source="council", adoption_marker="PRE"),
            row("i1", source="council", adoption_marker="PRE"), row("j1", source="council", adoption_marker="PRE"),
        )  # fmt: skip
        for decision_no in [*told.decisions[:2], *mistaken]:
            undone_by_ann(links, decision_no)
        decided_by_ann(links, "link", "l1", "l5")
        deliver(told, links, away("a2"), row("c1"))
        # The build that parts them still has to tell readers which pair is gone; the next has nothing more to tell.
        told.named_together = {family: rows_that_name_both(links, f"{family}1", f"{family}2") for family in "hi"}
        sealed_by_mistake = {**away("n1"), "adoption_marker": "PRE"}
        deliver(told, links, row("f2"), row("f3"), row("f4", surname="Newcomer"), sealed_by_mistake, is_published=False)
        for decision_no in told.decisions[2:]:
            undone_by_ann(links, decision_no)
        deliver(told, links, away("f2"), away("f3"), away("n1"))
        links.rebuild(is_full=True)
        told.remember(links)
    return told


def decided_by_ann(links: ScratchLinks, kind: Kind, left: str, right: str) -> int:
    with steward(links.scratch) as desk:
        pair = find_pair(desk, f"agency-{left[1:]}:{left}", f"agency-{right[1:]}:{right}")
        return decide(desk, kind, *pair, ANN)[0].decision_no


def undone_by_ann(links: ScratchLinks, decision_no: int) -> None:
    with steward(links.scratch) as desk:
        undo(desk, decision_no, ANN)


def rows_that_name_both(links: ScratchLinks, sealed: str, other: str) -> list[str]:
    """In which tables one row names the record from before an adoption together with the other record or its child."""
    [names] = links.rows(
        "select one.record_key, one.record_no, other.record_key, other.record_no, other.child_key"
        " from identity.int_children__members as one, identity.int_children__members as other"
        " where one.agency_person_id = %(sealed)s and other.agency_person_id = %(other)s",
        {"sealed": sealed, "other": other},
    )
    ours, theirs = [str(name) for name in names[:2]], [str(name) for name in names[2:]]
    tables = links.rows(
        "select schemaname || '.' || tablename from pg_tables where schemaname in ('identity', 'linkage') order by 1"
    )
    pattern = {"ours": "|".join(ours), "theirs": "|".join(theirs)}
    return [
        table
        for (table,) in tables
        if links.rows(f"select from {table} as t where t::text ~ %(ours)s and t::text ~ %(theirs)s limit 1", pattern)
    ]


_HISTORY = """
    select member.agency_person_id, history.child_key, since_build, until_build, reason_code, decision_no
    from identity.child_key_history as history
    inner join identity.int_children__members as member on history.record_key = member.record_key
    order by 1, since_build
"""


def test_of_two_children_that_become_one_the_older_key_stays_and_the_other_is_its_alias(story: Story) -> None:
    older, younger = story.key(2, "a1"), story.key(2, "a2")
    assert older != younger
    assert story.key(3, "a1", "a2") == older
    assert story.aliases[3][younger] == older
    assert not story.aliases[2]


def test_the_older_key_stays_also_where_the_younger_child_has_more_records(story: Story) -> None:
    assert story.key(2, "b2", "b3") != story.key(2, "b1")
    assert story.key(7, "b1", "b2", "b3") == story.key(1, "b1")


def test_a_child_that_is_split_keeps_its_key_where_most_of_its_records_are(story: Story) -> None:
    assert story.key(2, "c1", "c2", "c3") == story.key(1, "c1")
    assert story.key(3, "c2", "c3") == story.key(1, "c1")
    assert story.key(3, "c1") not in story.children[2].values()


def test_when_both_halves_are_as_large_the_record_the_key_was_minted_for_keeps_it(story: Story) -> None:
    assert story.key(2, "d1", "d2") == story.key(7, "d1") == story.key(1, "d1")
    assert story.key(7, "d2") not in story.children[2].values()


def test_what_comes_back_to_a_child_is_its_alias_again(story: Story) -> None:
    assert story.key(4, "c1", "c2", "c3") == story.key(1, "c1")
    assert story.aliases[4][story.key(3, "c1")] == story.key(1, "c1")


def test_evidence_taken_back_restores_the_keys_exactly(story: Story) -> None:
    assert {record: story.key(4, record) for record in ("a1", "a2")} == {r: story.key(2, r) for r in ("a1", "a2")}
    assert story.key(2, "a2") not in story.aliases[4]


def test_a_decision_taken_back_restores_the_keys_exactly(story: Story) -> None:
    assert story.key(2, "e1") != story.key(2, "e2", "e3")
    assert story.key(3, "e1", "e2", "e3") == story.key(2, "e1")
    assert {record: story.key(4, record) for record in ("e1", "e2", "e3")} == {
        record: story.key(2, record) for record in ("e1", "e2", "e3")
    }


def test_who_came_while_two_were_one_stays_with_whom_it_resembles_when_they_part(story: Story) -> None:
    assert story.key(3, "k1", "k2", "k3", "k4") == story.key(2, "k1")
    assert story.key(4, "k1") == story.key(2, "k1")
    assert story.key(4, "k2", "k3", "k4") == story.key(2, "k2")


def test_a_decision_taken_back_after_a_later_one_restores_the_keys_exactly_too(story: Story) -> None:
    assert story.key(4, "l1", "l2", "l3", "l5", "l6") == story.key(2, "l1")
    assert story.key(6, "l1", "l5", "l6") == story.key(2, "l1")
    assert story.key(6, "l2", "l3") == story.key(2, "l2")


def test_a_link_and_a_separation_taken_back_together_restore_the_keys_exactly(story: Story) -> None:
    # Its founder left for an older child while another of its records was kept apart from it: nobody bore its key.
    assert story.key(3, "m1", "m5") == story.key(2, "m5")
    assert story.key(3, "m2") != story.key(3, "m1")
    assert story.key(4, "m1", "m2", "m3") == story.key(2, "m1", "m2", "m3")
    assert story.key(4, "m5") == story.key(2, "m5")


def test_a_build_nobody_saw_leaves_no_trace_of_its_keys(story: Story) -> None:
    assert story.key(5, "f1", "f2", "f3")
    assert story.key(6, "f1") == story.key(4, "f1")
    assert story.key(6, "f2") == story.key(4, "f2")
    for record, history in story.history[6].items():
        assert not [one for one in history if 5 in one[1:3]], record
    # Of two families a decision was taken back since.
    untouched = {record for record in story.history[4] if record[0] not in "ln"}
    assert {record for record in untouched if story.history[6][record] != story.history[4][record]} == set()
    assert not [key for key, minted_in in story.minted[6] if minted_in == 5]
    # What is new since then has the key it would have had.
    assert story.key(6, "f4") == story.key(5, "f4")


def test_an_adoption_that_only_a_build_nobody_saw_heard_of_takes_nobody_s_history(story: Story) -> None:
    assert story.key(4, "n1", "n2") == story.key(2, "n1") != story.key(2, "n2")
    assert {record: story.key(6, record) for record in ("n1", "n2")} == {r: story.key(2, r) for r in ("n1", "n2")}


def test_the_history_tells_who_was_whom_since_when_and_why(story: Story) -> None:
    assert story.reasons("a1") == ["MINTED"]
    assert story.reasons("a2") == ["MINTED", "MERGED", "RESTORED"]
    assert story.reasons("c1") == ["MINTED", "SPLIT", "MERGED"]
    assert story.reasons("c2") == ["JOINED"]
    assert story.reasons("d2") == ["JOINED", "SPLIT"]
    ours, younger = story.key(2, "a1"), story.key(2, "a2")
    assert story.history[7]["a2"] == [
        (younger, 2, 3, "MINTED", None),
        (ours, 3, 4, "MERGED", None),
        (younger, 4, None, "RESTORED", None),
    ]


def test_the_history_names_the_decision_behind_a_change(story: Story) -> None:
    decision, *_ = story.decisions
    older, younger = story.key(2, "e1"), story.key(2, "e2")
    assert story.history[3]["e1"] == [(older, 1, None, "MINTED", None)]
    assert story.history[3]["e2"] == [(younger, 2, 3, "MINTED", None), (older, 3, None, "MERGED", decision)]
    parted = [one for record in ("e1", "e2", "e3") for one in story.history[4][record] if one[1] == 4]
    assert {decision_no for *_, decision_no in parted} == {decision}


def test_building_everything_anew_changes_neither_keys_nor_history(story: Story) -> None:
    assert story.children[7] == story.children[6]
    assert story.history[7] == story.history[6]
    assert story.minted[7] == story.minted[6]
    assert story.aliases[7] == story.aliases[6]


def test_every_key_borne_was_minted_once_and_no_alias_is_borne(story: Story) -> None:
    for at, children in story.children.items():
        minted = [key for key, _ in story.minted[at]]
        assert len(minted) == len(set(minted))
        assert set(children.values()) <= set(minted)
        assert not set(children.values()) & story.aliases[at].keys()
    # Nothing ever happened to this one.
    assert story.history[7]["g1"] == [(story.key(1, "g1"), 1, None, "MINTED", None)]


def test_a_record_from_before_an_adoption_leaves_with_a_new_key_and_no_history(story: Story) -> None:
    for sealed, other in (("h1", "h2"), ("i1", "i2")):
        shared = story.key(2, sealed, other)
        assert story.key(3, other) == story.key(7, other) == shared
        assert story.key(7, sealed) == story.key(3, sealed) != shared
        assert [since for _, since, _, _, _ in story.history[7][sealed]] == [3]
        assert shared not in {key for key, *_ in story.history[7][sealed]}
        assert story.key(3, sealed) not in story.aliases[7].values()
    # Whoever never was anybody else stays who it was.
    assert story.key(7, "j1") == story.key(1, "j1")


@pytest.mark.parametrize("family", ["h", "i"], ids=["the key was minted for it", "the key was minted for the other"])
def test_no_row_kept_anywhere_names_a_record_from_before_an_adoption_and_the_child_it_was(
    story: Story, family: str
) -> None:
    assert story.named_together[family] == []
