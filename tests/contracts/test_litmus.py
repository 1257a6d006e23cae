"""A new feed is one contract and one staging model: proven on real files nobody here wrote."""

import csv
import shutil
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from frontdoor.landing.describe import described
from frontdoor.landing.ingest import ingest_all
from frontdoor.pages.generated import write_files
from frontdoor.settings import REPOSITORY, Settings
from frontdoor.warehouse.dbt import run_dbt
from frontdoor.warehouse.migrate import migrate

SAMPLES = REPOSITORY.parent / "shared" / "samples"
LITMUS = Path(__file__).parents[1] / "fixtures" / "litmus"
AUTUMN, SPRING = "school_roll_2024_autumn.csv", "school_roll_2025_spring.csv"
RECEIVED_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DELIVERIES = {
    "schoolroll_874_EDU_20241003T0000_00001.csv": (AUTUMN, datetime(2024, 10, 4, tzinfo=UTC)),
    "schoolroll_874_EDU_20250116T0000_00002.csv": (SPRING, datetime(2025, 1, 17, tzinfo=UTC)),
    "childlist_874_LCS_20260301T0000_00001.csv": ("council_children.csv", datetime(2026, 3, 1, tzinfo=UTC)),
}

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.skipif(
        not SAMPLES.is_dir(), reason="the sample files (shared/samples beside the repository) are absent"
    ),
]


@pytest.fixture
def council(settings: Settings, tmp_path: Path) -> Settings:
    """A council with two more feeds: their contracts and staging models laid over a copy of ours."""
    contracts, project = tmp_path / "feeds", tmp_path / "dbt_project"
    shutil.copytree(REPOSITORY / "expectations" / "feeds", contracts)
    shutil.copytree(REPOSITORY / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
    for feed in LITMUS.iterdir():
        shutil.copytree(feed / "feeds", contracts, dirs_exist_ok=True)
        shutil.copytree(feed / "models", project / "models", dirs_exist_ok=True)
    widened = settings.model_copy(update={"contracts_dir": contracts, "dbt_project_dir": project})
    write_files(widened, docs=tmp_path / "docs")
    migrate(widened)
    return widened


def deliver(settings: Settings) -> None:
    """Put the samples into the inbox, each with the manifest its supplier would have written."""
    inbox = Path(settings.inbox)
    inbox.mkdir(parents=True)
    for name, (sample, extract_at) in DELIVERIES.items():
        shutil.copy(SAMPLES / sample, inbox / name)
        described(
            settings,
            inbox / name,
            period_from=extract_at,
            extract_at=extract_at,
            is_full=True,
            is_nil_return=False,
            supersedes=None,
        )
    ingest_all(settings, received_at=RECEIVED_AT, grace_seconds=0)


def rows_of(sample: str) -> list[dict[str, str]]:
    with (SAMPLES / sample).open(newline="") as file:
        return list(csv.DictReader(file))


def test_two_new_feeds_need_a_contract_and_a_model_each(council: Settings, admin: psycopg.Connection) -> None:
    deliver(council)
    # The layers above are not built here, so neither are the tests that look at them.
    run_dbt(council, selector="staging", full_refresh=True, left_out=("unit_test", "test"))

    no_line_is_lost(admin)
    every_drifted_column_is_reported(admin)
    the_corrupt_row_is_quarantined_byte_for_byte(admin)
    pupils_have_their_versions(admin)
    children_are_staged(admin)


def no_line_is_lost(admin: psycopg.Connection) -> None:
    fates = admin.execute(
        "select file_name, state, line_count, structural_count, accepted_count, quarantined_count, rejected_count"
        " from ledger.deliveries"
    ).fetchall()
    autumn, spring, children = DELIVERIES
    assert sorted(fates) == sorted(
        [
            (autumn, "accepted", 9089, 1, 9088, 0, 0),
            (spring, "accepted", 9499, 1, 9498, 0, 0),
            (children, "accepted", 902, 1, 900, 1, 0),
        ]
    )


def every_drifted_column_is_reported(admin: psycopg.Connection) -> None:
    drift = admin.execute(
        "select file_name, kind, column_name from ledger.column_drift inner join ledger.deliveries using (delivery_id)"
    ).fetchall()
    before, after = set(rows_of(AUTUMN)[0]), set(rows_of(SPRING)[0])
    _, spring, children = DELIVERIES
    assert set(drift) == {
        *((spring, "missing", column) for column in before - after),
        *((spring, "extra", column) for column in after - before),
        (children, "extra", "unnamed column 6"),
    }
    # What the contract does not know is kept all the same.
    kept = admin.execute(
        "select count(*) from landing.education__school_rolls where _extra ->> 'ethnicity' = 'WOTH'"
    ).fetchone()
    assert kept == (sum(row["ethnicity"] == "WOTH" for row in rows_of(SPRING)),)


def the_corrupt_row_is_quarantined_byte_for_byte(admin: psycopg.Connection) -> None:
    held = admin.execute(
        "select rule_id, row_number, line_bytes from quarantine.records"
        " inner join quarantine.unreadable_lines using (delivery_id, row_number)"
    ).fetchall()
    last_line = (SAMPLES / "council_children.csv").read_bytes().splitlines(keepends=True)[-1]
    assert [(rule_id, row_number, bytes(line)) for rule_id, row_number, line in held] == [("ENV-R02", 902, last_line)]


def pupils_have_their_versions(admin: psycopg.Connection) -> None:
    schools = {term: {row["pupilonrolltableid"]: row["NativeId"] for row in rows_of(term)} for term in (AUTUMN, SPRING)}
    in_both = schools[AUTUMN].keys() & schools[SPRING].keys()
    counted = admin.execute(
        """
        select
            count(*),
            count(recorded_to_at),
            count(distinct pupil_on_roll_id),
            count(*) filter (where birth_date is null or entry_date is null),
            count(*) filter (where recorded_to_at is null and recorded_from_at > '2025-01-01')
        from staging.stg_education__school_rolls
        """
    ).fetchone()
    assert counted == (9088 + 9498, len(in_both), len(schools[AUTUMN] | schools[SPRING]), 0, 9498)
    moved = admin.execute(
        """
        select count(*)
        from staging.stg_education__school_rolls as earlier
        inner join staging.stg_education__school_rolls as later
            on later.pupil_on_roll_id = earlier.pupil_on_roll_id and later.recorded_from_at = earlier.recorded_to_at
        where later.school_id <> earlier.school_id
        """
    ).fetchone()
    assert moved == (sum(schools[AUTUMN][pupil] != schools[SPRING][pupil] for pupil in in_both),)


def children_are_staged(admin: psycopg.Connection) -> None:
    counted = admin.execute(
        "select count(*), count(birth_date), count(distinct gender_label) from staging.stg_council__children_lists"
    ).fetchone()
    assert counted == (900, 900, 2)
