"""Every level of every comparison: a pair that has it, and one that only just misses it."""

from collections.abc import Iterator

import pytest
from frontdoor.linkage.model import LinkageModel, load_linkage_model
from frontdoor.settings import Settings

from tests.warehouse.level_examples import EXAMPLES, Example
from tests.warehouse.link_situations import nhs, upn
from tests.warehouse.scratch_links import Pair, ScratchLinks, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

Levels = dict[str, str]


def rows_of(number: int, example: Example) -> list[dict[str, str]]:
    """The example's two records, which are compared whatever else they say, and with nobody else."""
    if "expected_dob" in {*example.left, *example.right}:
        # An unborn child has no number of its own: its mother and home bring the two together.
        common = {
            "surname": f"Zfamily{chr(97 + number % 26)}{chr(97 + number // 26)}",
            "mother_record_id": f"m{number}",
        }
        common |= {"postcode": f"PE3 {number % 10}{chr(65 + number // 10)}D", "address": f"{number} Quorbin Street"}
        common |= {"phone": f"01632 {number:06d}"}
    elif example.comparison == "nhs_number":
        common = {"upn": upn(1_000 + number)}
    else:
        common = {"nhs_number": nhs(1_000 + number)}
    sides = (("l", example.left), ("r", example.right))
    return [{**common, **values, "record_id": f"{number}{side}", "source": side} for side, values in sides]


@pytest.fixture(scope="module")
def model(warehouse: Settings) -> LinkageModel:
    return load_linkage_model(warehouse)


@pytest.fixture(scope="module")
def links(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchLinks]:
    """All examples, linked in one go."""
    with scratch_links(warehouse, tmp_path_factory.mktemp("levels")) as found:
        found.deliver([row for number, example in enumerate(EXAMPLES) for row in rows_of(number, example)])
        yield found


@pytest.fixture(scope="module")
def kept(links: ScratchLinks, model: LinkageModel) -> dict[Pair, Levels]:
    """The levels of every pair the build kept, as its evidence has them."""
    return {pair: named(model, model.unpack(found.evidence)[1]) for pair, found in links.pairs().items()}


@pytest.fixture(scope="module")
def told(links: ScratchLinks, model: LinkageModel) -> dict[tuple[str, str], Levels]:
    """The levels of every example by comparisons.yaml's own words, asked both ways round."""
    cases = ", ".join(
        "case "
        + " ".join(f"when {level.condition('postgres')} then {n}" for n, level in enumerate(one.levels))
        + " end"
        for one in model.comparisons
    )
    rows = links.rows(
        f"""
        with numbered as (
            select spine.*, member.agency_person_id as id
            from identity.int_person_records__spine as spine
            inner join identity.int_children__members as member on spine.record_no = member.record_no
        )
        select l.id, r.id, {cases} from numbered as l
        inner join numbered as r on left(l.id, -1) = left(r.id, -1) and l.id <> r.id
        """
    )
    codes = [comparison.code for comparison in model.comparisons]
    return {(left, right): named(model, dict(zip(codes, levels, strict=True))) for left, right, *levels in rows}


def named(model: LinkageModel, levels: dict[str, int]) -> Levels:
    return {code: model.comparison(code).levels[number].code for code, number in levels.items()}


@pytest.mark.parametrize(
    "number", range(len(EXAMPLES)), ids=lambda n: f"{n}-{EXAMPLES[n].comparison}-{EXAMPLES[n].level}"
)
def test_the_pair_has_the_level(kept: dict[Pair, Levels], told: dict[tuple[str, str], Levels], number: int) -> None:
    example = EXAMPLES[number]
    one, other = f"{number}l", f"{number}r"
    found = [kept[frozenset((one, other))], told[one, other], told[other, one]]
    assert [levels[example.comparison] for levels in found] == [example.level] * 3


def test_every_level_has_an_example_and_one_that_just_misses_it(model: LinkageModel) -> None:
    levels = {(comparison.code, level.code) for comparison in model.comparisons for level in comparison.levels}
    assert {(example.comparison, example.level) for example in EXAMPLES} == levels
    assert {(example.comparison, example.misses) for example in EXAMPLES} == levels
    assert not [example for example in EXAMPLES if example.level == example.misses]
