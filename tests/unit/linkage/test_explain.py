"""What is said about two records adds up, is plain, and holds nothing of theirs."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime

import pytest
from frontdoor.linkage.chains import Link, neighbours_of, reached_from, shortest_path
from frontdoor.linkage.decisions import Decision
from frontdoor.linkage.evidence import Evidence, Finding
from frontdoor.linkage.explain import Explanation, Pair, percent, weighing, words
from frontdoor.linkage.model import load_linkage_model
from frontdoor.linkage.reasons import REASONS
from frontdoor.linkage.records import Record, agency_of
from frontdoor.linkage.waterfall import AGAINST, FOR, NAMES, SUM, waterfall
from frontdoor.settings import Settings

FINDINGS = (
    Finding("nhs_number", "NHS number", "not given on one side or both", 0.0),
    Finding("forename", "forename", "the same", 7.2, rarity=1.5),
    Finding("surname", "surname", "one letter differs, two changed places, or only the vowels differ", 4.3),
    Finding("sex", "sex", "different", -5.3),
    Finding("birth_date", "birth date", "the same day", 12.4),
)
EVIDENCE = Evidence("trained-7", -18.0, 5.6, 2.0, FINDINGS, shared_rules=(1,), oversized_rules=())
LEFT = Record("0" * 32, 1, "council", "c" * 32)
RIGHT = Record("f" * 32, 2, "portal:SCHOOL", "d" * 32)
RULES = ("the same forename and birth date", "the same telephone number & forename")


def kept(decision: str, reason: str | None = None, *, rule_no: int = 1, is_barred: bool = False) -> Pair:
    return Pair(rule_no, 2.1, decision, reason, is_barred, conflict_code=None, built_in=12)


DECISION = Decision(
    decision_no=4,
    kind="separate",
    left_record_key=LEFT.record_key,
    right_record_key=RIGHT.record_key,
    needs_confirmation=False,
    reason="Zzada is Zzbea's twin",
    decided_by="A. Steward",
    reviewed_by=None,
    decided_at=datetime(2026, 3, 2, tzinfo=UTC),
    confirmed_by=None,
    undone_by=None,
)


def explanation(**changes: object) -> Explanation:
    values: dict[str, object] = {
        "left": LEFT,
        "right": RIGHT,
        "evidence": EVIDENCE,
        "next_version": "trained-7",
        "block_caps": (200,) * len(RULES),
        "rules": RULES,
        "pair": kept("linked"),
        "decisions": (),
        "path": (),
        **changes,
    }
    return Explanation(**values)  # type: ignore[arg-type]


def line(found: Explanation, start: str) -> str:
    return next(said for said in words(found) if said.startswith(start))


def test_the_lines_add_up_to_the_sum_and_its_probability() -> None:
    lines = weighing(EVIDENCE)
    bits = [float(said.rsplit(maxsplit=2)[1]) for said in lines if said.endswith("bits")]
    assert sum(bits[:-1]) == pytest.approx(bits[-1]) == pytest.approx(EVIDENCE.weight)
    assert bits[-1] == 2.1
    assert "81 %" in lines[-1]
    assert "98 %" not in lines[-1].split(";")[0]


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.999999, "99.99 %"), (1.0, "100 %"), (0.98, "98 %"), (0.8108, "81 %"), (0.0000001, "0 %")],
)
def test_a_probability_is_never_rounded_up_to_certainty(probability: float, said: str) -> None:
    assert percent(probability) == said


@pytest.mark.parametrize(
    ("changes", "start", "said"),
    [
        ({}, "found by", "the same forename and birth date (rule 1)"),
        ({"pair": kept("linked", rule_no=0)}, "found by", "former number"),
        ({"pair": None}, "found by", "the same forename and birth date (rule 1)"),
        ({"pair": None}, "evidence", "too little to link"),
        ({"pair": kept("review", "TWIN")}, "evidence", "for a person to decide: perhaps twins"),
        (
            {"pair": kept("vetoed", "NHS_CONFLICT", is_barred=True)},
            "evidence",
            "not linked, whatever its weight: two different verified NHS numbers",
        ),
        (
            {"pair": kept("vetoed", "NAME_BIRTH_CONFLICT")},
            "evidence",
            "too little to ask a person about: an identifier agrees",
        ),
        ({"next_version": "trained-8"}, "weights", "trained-8 is in force"),
        ({"decisions": (DECISION,)}, "people", "kept apart by A. Steward on 2026-03-02 (decision 4, in force)"),
        ({}, "people", "nobody decided"),
        ({}, "now", "two children, cccccccccccc and dddddddddddd"),
        ({"right": Record("f" * 32, 2, "police", "c" * 32), "path": ("0" * 32, "f" * 32)}, "now", "directly"),
        ({"right": Record("f" * 32, 2, "police", "c" * 32), "path": ("0" * 32, "a" * 32, "f" * 32)}, "now", "aaaaaaaa"),
        ({"evidence": None, "pair": None}, "one of the two may not be compared", ""),
    ],
)
def test_each_part_is_said_in_words(changes: dict[str, object], start: str, said: str) -> None:
    assert said in line(explanation(**changes), start)


def test_every_reason_a_model_gives_has_words() -> None:
    project = Settings().dbt_project_dir
    places = [f"macros/linkage/{name}.sql" for name in ("judging", "conflicts", "outcomes")]
    given = {
        code
        for place in (*places, "models/identity/int_children__groups.sql")
        for code in re.findall(r"(?:then|,) '([A-Z_]+)'", (project / place).read_text(encoding="utf-8"))
    }
    assert len(given) > 15
    assert given > {"CHAIN", "CONTRADICTED"}
    # Told to nobody: which are sides of an adoption, what is kept for thresholds only, what gives way to good odds.
    assert given - REASONS.keys() == {"ADOPTION", "TOO_FAINT", "NAME_BIRTH_WEAK"}


def test_two_that_share_no_value_were_never_compared_and_a_crowd_s_value_compares_nobody() -> None:
    alone = Evidence("v", -18.0, 5.6, 2.0, FINDINGS, shared_rules=(), oversized_rules=())
    crowd = Evidence("v", -18.0, 5.6, 2.0, FINDINGS, shared_rules=(1,), oversized_rules=(1,))
    assert "no build ever compared them" in line(explanation(pair=None, evidence=alone), "found by")
    assert "more than 200 records" in line(explanation(pair=None, evidence=crowd), "found by")


def test_the_words_hold_no_reason_a_person_wrote() -> None:
    assert "Zzada" not in "\n".join(words(explanation(decisions=(DECISION,))))


def test_the_picture_says_what_it_shows_and_runs_nothing() -> None:
    drawn = waterfall(EVIDENCE, decided="a person decides: twins")
    root = ElementTree.fromstring(drawn)
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names == {"svg", "title", "desc", "rect", "line", "text"}
    described = root.findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert "forename: the same +7.2 bits; how rare that is +1.5 bits" in described
    assert "sum +2.1 bits" in described
    assert described.endswith("A person decides: twins.")
    assert ">a person decides: twins<" in drawn
    assert "NHS number" not in drawn  # it says nothing, so it has no bar
    assert not [word for word in ("href", "style", "url(", "@import", " on") if f"{word}=" in drawn]


def test_the_bars_follow_on_from_each_other_from_the_prior_to_the_sum() -> None:
    root = ElementTree.fromstring(waterfall(EVIDENCE, decided="linked"))
    bars = [
        (float(bar.attrib["x"]), float(bar.attrib["x"]) + float(bar.attrib["width"]), bar.attrib["fill"])
        for bar in root.iter("{http://www.w3.org/2000/svg}rect")
        if bar.attrib.get("height") == "18"
    ]
    assert [colour for _, _, colour in bars] == [SUM, FOR, FOR, FOR, AGAINST, FOR, SUM]
    at = bars[0][0]
    for left, right, colour in bars[1:-1]:
        start, end = (left, right) if colour == FOR else (right, left)
        assert start == pytest.approx(at, abs=0.2)
        at = end
    assert bars[-1][1] == pytest.approx(at, abs=0.2)


def test_the_longest_label_of_the_comparisons_fits_beside_its_bar() -> None:
    model = load_linkage_model(Settings())
    longest = max(len(f"{one.label}: {level.label}") for one in model.comparisons for level in one.levels)
    assert longest * 6.5 < NAMES  # twelve points high, six and a half wide at most on average


def test_the_shortest_way_between_two_records_and_what_hangs_together() -> None:
    links = [Link("a", "b", None), Link("b", "c", 7), Link("c", "d", None), Link("a", "e", None), Link("e", "d", None)]
    assert shortest_path("a", "d", neighbours_of(links)) == ("a", "e", "d")
    assert shortest_path("a", "x", neighbours_of(links)) == ()
    without = neighbours_of(link for link in links[:3] if link.decision_no != 7)
    assert sorted(reached_from("c", without)) == ["c", "d"]


def test_a_portal_s_scope_names_the_agency() -> None:
    assert [agency_of(scope) for scope in ("council", "portal:SCHOOL:874", "portal:SCHOOL")] == [
        "COUNCIL",
        "SCHOOL",
        "SCHOOL",
    ]
