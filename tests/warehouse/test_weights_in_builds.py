"""Other weights mean one full build, a person's decision is news for the next, and neither undoes the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from frontdoor.errors import WarehouseError
from frontdoor.linkage.decisions import Kind, decide
from frontdoor.linkage.model import LinkageModel, load_linkage_model
from frontdoor.linkage.records import find_pair, steward
from frontdoor.linkage.shipped_weights import ensure_shipped
from frontdoor.settings import Settings
from frontdoor.warehouse.build import open_build, publish_build, run_layer
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.fingerprint import remember_project

from tests.warehouse.decisions.asking import ANN
from tests.warehouse.scratch_links import Found, Pair, PersonRow, ScratchLinks, scratch_links
from tests.warehouse.weights_example import FIRST, NOW, changed, put_in_force, stored, trained

pytestmark = pytest.mark.postgres


@pytest.fixture
def model(settings: Settings) -> LinkageModel:
    return load_linkage_model(settings)


@pytest.fixture
def built(settings: Settings, tmp_path: Path) -> Settings:
    """A warehouse fully built from an empty project."""
    empty = settings.model_copy(update={"dbt_project_dir": tmp_path})
    assert publish(empty) == (1, True, 0, "default")
    return empty


def publish(settings: Settings) -> tuple[int, bool, int, str] | None:
    """Open a build and count it as published; return what the ledger says of it."""
    opened = open_build(settings, started_at=NOW)
    if opened is None:
        return None
    with connect(settings, role="admin") as connection:
        connection.execute("update ledger.builds set state = 'published' where build_no = %s", [opened.build_no])
        if opened.is_full and opened.built_from is not None:
            remember_project(settings, build_no=opened.build_no, built_from=opened.built_from)
        [row] = connection.execute(
            "select build_no, is_full, decided_up_to, weights_version from ledger.builds where build_no = %s",
            [opened.build_no],
        ).fetchall()
    return row


def test_other_weights_mean_one_full_build(built: Settings, model: LinkageModel, admin: psycopg.Connection) -> None:
    assert publish(built) is None
    stored(built, trained(model), model)
    assert publish(built) is None
    put_in_force(built, FIRST, model)
    assert publish(built) == (2, True, 0, FIRST)
    assert publish(built) is None
    put_in_force(built, "default", model)
    assert publish(built) == (3, True, 0, "default")
    ensure_shipped(admin, model.model_copy(update={"prior": 0.001}), frequencies=Path("none"))
    assert publish(built) == (4, True, 0, "default")
    assert publish(built) is None


def test_a_full_build_that_failed_is_followed_by_a_full_one_though_the_weights_are_the_old_ones_again(
    built: Settings, model: LinkageModel
) -> None:
    stored(built, trained(model), model)
    put_in_force(built, FIRST, model)
    failed = open_build(built, started_at=NOW)
    assert failed is not None
    put_in_force(built, "default", model)
    assert publish(built) == (failed.build_no + 1, True, 0, "default")


def test_a_decision_is_news_for_one_build(built: Settings, admin: psycopg.Connection) -> None:
    decide = (
        "insert into linkage.decisions (kind, left_record_key, right_record_key, reason, decided_by, decided_at)"
        " values ('separate', %s, %s, 'two children', 'Zzoe Steward', now())"
    )
    admin.execute(decide, ["a", "b"])
    failed = open_build(built, started_at=NOW)
    assert failed is not None
    assert publish(built) == (failed.build_no + 1, False, 1, "default")
    assert publish(built) is None
    admin.execute(decide, ["a", "c"])
    assert publish(built) == (failed.build_no + 2, False, 2, "default")


def test_a_build_does_not_go_on_with_other_weights_than_it_began_with(built: Settings, model: LinkageModel) -> None:
    stored(built, trained(model), model)
    put_in_force(built, FIRST, model)
    opened = open_build(built, started_at=NOW)
    assert opened is not None
    put_in_force(built, "default", model)
    with pytest.raises(WarehouseError, match="other match weights"):
        run_layer(built, opened.build_no, "identity", started_at=NOW)


# Two records of each; the second came a day later. What speaks for the moved is a district, for the called a telephone.
ADA = {"sex": "F", "dob": "2014-05-03"}
FAMILIES: dict[str, tuple[PersonRow, PersonRow]] = {
    "usual": (
        {**ADA, "forename": "Zzada", "surname": "Quillworth", "postcode": "ZX1 1AA"},
        {**ADA, "forename": "Zzada", "surname": "Quillworth", "postcode": "ZX1 1AA"},
    ),
    "moved": (
        {**ADA, "forename": "Olivia", "surname": "Smith", "postcode": "ZX2 1AA"},
        {**ADA, "forename": "Olivia", "surname": "Smith", "postcode": "ZX2 9ZZ"},
    ),
    "called": (
        {"forename": "Zzbea", "surname": "Marrowby", "dob": "2011-09-02", "phone": "01632 960901"},
        {"forename": "Zzbea", "surname": "Marrowby", "dob": "2011-09-24", "phone": "01632 960901"},
    ),
    "linked": (
        {**ADA, "forename": "Zzcai", "surname": "Pelworthy", "postcode": "ZX3 1AA"},
        {"forename": "Zzdot", "surname": "Drovixen", "dob": "2012-02-09", "postcode": "QV8 9ZZ"},
    ),
    "separate": (
        {**ADA, "forename": "Zzeve", "surname": "Wendlebury", "postcode": "ZX4 1AA"},
        {**ADA, "forename": "Zzeve", "surname": "Wendlebury", "postcode": "ZX4 1AA"},
    ),
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """The children and pairs of one full build, and the records whose history says they changed under these weights."""

    children: dict[str, str]
    pairs: dict[Pair, Found]
    changed: set[str]

    def keys(self, family: str) -> tuple[str, str]:
        return self.children[f"{family}-0"], self.children[f"{family}-1"]

    def decision(self, family: str) -> tuple[str, str | None] | None:
        """What the evidence says, and what became of it."""
        pair = self.pairs.get(frozenset({f"{family}-0", f"{family}-1"}))
        return (pair.decision, pair.reason) if pair else None


def full_build(links: ScratchLinks, version: str) -> Weighed:
    links.rebuild(is_full=True)
    history = links.rows(
        "select member.agency_person_id from identity.child_key_history as history"
        " inner join identity.int_children__members as member on history.record_key = member.record_key"
        " where history.since_build = %(build_no)s and history.weights_version = %(version)s",
        {"build_no": links.build_no, "version": version},
    )
    return Weighed(links.children(), links.pairs(), {record for (record,) in history})


@pytest.fixture(scope="module")
def weighed(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Weighed]]:
    """Real records under the shipped weights, under others that a person approved, and under the shipped ones again."""
    model = load_linkage_model(warehouse)
    with scratch_links(warehouse, tmp_path_factory.mktemp("weighed")) as links:
        for place in (0, 1):
            links.deliver(
                {**rows[place], "record_id": f"{family}-{place}", "source": f"agency-{place}"}
                for family, rows in FAMILIES.items()
            )
        decisions: tuple[Kind, ...] = ("link", "separate")
        for kind, family in zip(decisions, ("linked", "separate"), strict=True):
            with steward(links.scratch) as desk:
                decide(desk, kind, *find_pair(desk, f"agency-0:{family}-0", f"agency-1:{family}-1"), ANN)
        found = [full_build(links, "default")]
        # A district is all but proof, and a telephone none.
        stored(links.scratch, changed(trained(model), "phone", "same", 0.5, 0.5), model)
        for version in (FIRST, "default"):
            put_in_force(links.scratch, version, model)
            found.append(full_build(links, version))
        yield found


@pytest.mark.slow
def test_what_people_decided_and_who_a_child_is_outlives_weights_they_approve(weighed: list[Weighed]) -> None:
    for build in weighed:
        assert {family: build.keys(family) for family in ("usual", "linked", "separate")} == {
            family: weighed[0].keys(family) for family in ("usual", "linked", "separate")
        }
        assert len(set(build.keys("linked"))) == len(set(build.keys("usual"))) == 1
        assert len(set(build.keys("separate"))) == 2
        # By evidence the two were nothing to each other, and these were one child.
        assert (build.decision("linked"), build.decision("separate")) == (None, ("separated", "PERSON"))


@pytest.mark.slow
def test_other_weights_merge_and_split_children_and_the_older_keeps_its_key(weighed: list[Weighed]) -> None:
    before, between, afterwards = weighed
    weak, unsure, one_child = ("review", "NAME_BIRTH_ONLY"), ("review", "UNCERTAIN"), ("linked", None)
    assert [build.decision("moved") for build in weighed] == [weak, one_child, weak]
    assert [build.decision("called") for build in weighed] == [one_child, unsure, one_child]
    assert between.keys("moved") == (before.keys("moved")[0],) * 2
    assert between.keys("called")[0] == before.keys("called")[0] != between.keys("called")[1]
    assert between.changed == {"moved-1", "called-1"}
    assert afterwards.children == before.children


def release(settings: Settings, *, changed: str) -> None:
    """A release arrives: other numbers under the shipped version's name, or another model."""
    if changed == "weights":
        other = load_linkage_model(settings).model_copy(update={"prior": 0.001})
        with connect(settings, role="admin") as admin:
            ensure_shipped(admin, other, frequencies=Path("none"))
    else:
        (settings.dbt_project_dir / "models").mkdir(exist_ok=True)
        (settings.dbt_project_dir / "models" / "int_other.sql").write_text("select 1")


@pytest.mark.parametrize("changed", ["weights", "project"])
def test_a_release_that_comes_during_a_full_build_is_not_taken_for_built(built: Settings, changed: str) -> None:
    opened = open_build(built, started_at=NOW, full_refresh=True)
    assert opened is not None
    release(built, changed=changed)
    for go_on in (
        lambda: run_layer(built, opened.build_no, "identity", started_at=NOW),
        lambda: publish_build(built, opened.build_no, published_at=NOW),
    ):
        with pytest.raises(WarehouseError, match="another release came during build 2"):
            go_on()
    assert publish(built) == (3, True, 0, "default")
    assert publish(built) is None


@pytest.mark.parametrize("changed", ["weights", "project"])
def test_what_a_full_build_began_with_is_remembered_though_a_release_comes_when_it_has_published(
    built: Settings, changed: str
) -> None:
    opened = open_build(built, started_at=NOW, full_refresh=True)
    assert opened is not None
    assert opened.built_from is not None
    release(built, changed=changed)
    remember_project(built, build_no=opened.build_no, built_from=opened.built_from)
    assert publish(built) == (3, True, 0, "default")


def test_a_full_build_that_is_published_once_more_does_not_speak_for_a_later_one(built: Settings) -> None:
    first = open_build(built, started_at=NOW, full_refresh=True)
    assert first is not None
    assert first.built_from is not None
    assert open_build(built, started_at=NOW, full_refresh=True) is not None
    remember_project(built, build_no=first.build_no, built_from=first.built_from)
    assert publish(built) == (4, True, 0, "default")
