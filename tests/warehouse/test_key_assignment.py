"""Which child keeps which key, for any sequence of groupings: the model's own query on tables written by hand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import psycopg
import pytest
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.dbt import target_folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.scratch_links import scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

RECORDS = 7
# Later than any build.
TOUCHED = 1000
MANY = settings(
    max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# For each record the name of its group.
Grouping = tuple[int, ...]
Keys = dict[int, str]


def groups(grouping: Grouping) -> set[frozenset[int]]:
    return {frozenset(at for at, group in enumerate(grouping) if group == name) for name in grouping}


@dataclass(frozen=True, slots=True)
class Member:
    """What the query says of a record."""

    key: str
    code: str
    founder: str
    mint_no: int | None


@dataclass(slots=True)
class Registry:
    """Gives keys out as the builds do, one grouping after the other, and remembers who bore which."""

    connection: psycopg.Connection
    query: str
    build_no: int = 0
    past: list[tuple[Grouping, Keys]] = field(default_factory=list)
    minted_in: dict[str, int] = field(default_factory=dict)

    def build(self, grouping: Grouping) -> Keys:
        """Return the key of each record; an increment, which asks about what changed, must say the same."""
        earlier, before = self.past[-1] if self.past else ((), {})
        changed: set[int] = set().union(*(groups(grouping) ^ groups(earlier)))
        in_part = {at: member.key for at, member in self._asked(grouping, changed).items()}
        members = self._asked(grouping, set(range(len(grouping))))
        keys = {at: member.key for at, member in members.items()}
        assert {**before, **in_part} == keys
        self._remember(before, members)
        self.past.append((grouping, keys))
        return keys

    def _asked(self, grouping: Grouping, touched: set[int]) -> dict[int, Member]:
        self.connection.execute("delete from identity.int_children__groups")
        self.connection.execute("delete from identity.int_person_records__standardised")
        self.connection.execute("create temporary table if not exists questioned_members (record_no bigint)")
        self.connection.execute("delete from questioned_members")
        for at in touched:
            self.connection.execute("insert into questioned_members values (%s)", [at])
        for at, group in enumerate(grouping):
            self.connection.execute(_STANDARDISED, [f"record {at}", at])
            self.connection.execute(_GROUPED, [at, grouping.index(group), TOUCHED if at in touched else 0])
        found = self.connection.execute(
            "select record_no, child_key, key_code, founding_record_key, mint_no"
            f" from ({self.query}) as member".encode()
        ).fetchall()
        return {at: Member(*member) for at, *member in found}

    def _remember(self, before: Keys, members: dict[int, Member]) -> None:
        self.build_no += 1
        staying = {before[at] for at, member in members.items() if before.get(at) == member.key}
        for at, member in members.items():
            if member.code == "MINTED" and member.key not in self.minted_in:
                self.minted_in[member.key] = self.build_no
                self.connection.execute(_MINTED, [member.key, self.build_no, member.founder, member.mint_no])
            if before.get(at) == member.key:
                continue
            reason = member.code
            if reason == "KEPT":
                reason = "JOINED" if at not in before else "SPLIT" if before[at] in staying else "MERGED"
            self.connection.execute(_LEFT, [self.build_no, f"record {at}"])
            self.connection.execute(_BECAME, [f"record {at}", member.key, self.build_no, reason])


@pytest.fixture(scope="module")
def compiled(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, str]]:
    """A warehouse with nobody in it, and what an increment asks of it."""
    with scratch_links(warehouse, tmp_path_factory.mktemp("assignment")) as links:
        links.deliver([])
        links.rebuild(is_full=False)
        [path] = (target_folder(links.scratch) / "compiled").rglob("int_children__members.sql")
        yield links.scratch, path.read_text(encoding="utf-8")


@pytest.fixture
def told(compiled: tuple[Settings, str]) -> Iterator[Callable[[Sequence[Grouping]], Registry]]:
    """Tells a story from the beginning and returns what became of the keys."""
    scratch, query = compiled
    with connect(scratch, role="admin") as connection:

        def tell(story: Sequence[Grouping]) -> Registry:
            connection.rollback()
            connection.execute("set local jit = off")
            registry = Registry(connection, query)
            for grouping in story:
                registry.build(grouping)
            return registry

        yield tell
        connection.rollback()


def groupings(size: int, *, newcomers: int = 0) -> st.SearchStrategy[Grouping]:
    """Any grouping of so many records; newcomers are with somebody who was there before."""
    names = st.lists(st.integers(0, size - 1), min_size=size, max_size=size).map(tuple)
    if not newcomers:
        return names
    friends = st.lists(st.integers(0, size - 1), min_size=newcomers, max_size=newcomers)
    return st.tuples(names, friends).map(lambda drawn: (*drawn[0], *(drawn[0][friend] for friend in drawn[1])))


@st.composite
def stories(draw: st.DrawFn) -> list[Grouping]:
    """Groupings one after the other; every now and then one that was there before."""
    different = draw(st.lists(groupings(RECORDS), min_size=2, max_size=4))
    return [draw(st.sampled_from(different)) for _ in range(draw(st.integers(3, 7)))]


@MANY
@given(story=stories())
def test_a_child_that_was_there_before_has_its_key_again_and_nobody_else_has_it(
    told: Callable[[Sequence[Grouping]], Registry], story: list[Grouping]
) -> None:
    key_of: dict[frozenset[int], str] = {}
    for grouping, keys in told(story).past:
        borne = {group: {keys[at] for at in group} for group in groups(grouping)}
        assert all(len(found) == 1 for found in borne.values())
        assert len(set(keys.values())) == len(borne)
        for group, [key] in borne.items():
            assert key_of.setdefault(group, key) == key


@MANY
@given(story=stories(), data=st.data())
def test_of_children_that_are_merged_the_oldest_key_stays(
    told: Callable[[Sequence[Grouping]], Registry], story: list[Grouping], data: st.DataObject
) -> None:
    one, other = data.draw(st.tuples(st.integers(0, RECORDS - 1), st.integers(0, RECORDS - 1)))
    registry = told(story)
    before, keys = registry.past[-1]
    merged = tuple(before[one] if group == before[other] else group for group in before)
    is_new = not any(groups(merged) - groups(before) & groups(grouping) for grouping, _ in registry.past)
    after = registry.build(merged)
    if is_new:
        oldest = min((registry.minted_in[keys[at]], keys[at]) for at in (one, other))[1]
        assert after[one] == after[other] == oldest
    assert registry.build(before) == keys


@MANY
@given(old=groupings(RECORDS), data=st.data())
def test_newcomers_leave_the_keys_to_those_who_were_there(
    told: Callable[[Sequence[Grouping]], Registry], old: Grouping, data: st.DataObject
) -> None:
    between = data.draw(st.lists(groupings(RECORDS, newcomers=2), min_size=1, max_size=3))
    friends = data.draw(st.lists(st.integers(0, RECORDS - 1), min_size=2, max_size=2))
    registry = told([old, *between, (*old, *(old[friend] for friend in friends))])
    (_, before), (_, after) = registry.past[0], registry.past[-1]
    assert before == {at: after[at] for at in before}


@pytest.mark.parametrize(
    ("split", "keeps"),
    [((0, 1, 1), 1), ((0, 0, 1), 0), ((0, 1, 0), 0), ((0, 1, 2), 0)],
    ids=["most without the founder", "most with it", "most with it, whoever they are", "as many each"],
)
def test_of_a_child_that_is_split_most_keep_the_key(
    told: Callable[[Sequence[Grouping]], Registry], split: Grouping, keeps: int
) -> None:
    (_, before), (_, after) = told([(0, 0, 0), split]).past
    assert after[keeps] == before[0]


_STANDARDISED = """
    insert into identity.int_person_records__standardised
        (record_key, record_no, first_recorded_at, _built_in, _is_retracted)
    values (%s, %s, '2026-03-02', 0, false)
"""
_GROUPED = """
    insert into identity.int_children__groups (record_no, component_no, group_no, _built_in, _is_retracted)
    values (%s, 0, %s, %s, false)
"""
_MINTED = "insert into identity.child_keys values (%s, %s, %s, %s)"
_LEFT = "update identity.child_key_history set until_build = %s where record_key = %s and until_build is null"
_BECAME = """
    insert into identity.child_key_history (record_key, child_key, since_build, reason_code, weights_version)
    values (%s, %s, %s, %s, 'default')
"""
