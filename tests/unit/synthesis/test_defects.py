"""The healthy week breaks no check; the troubled week breaks exactly those its truth names, for those records."""

from collections import Counter

from tests.unit.synthesis.conftest import AS_OF
from tests.unit.synthesis.council_files import CouncilFiles, breaches

JOURNEY_CHECKS = {
    "LR-01",
    "LR-02",
    "LR-07",
    "LR-09",
    "FD-02",
    "FD-04",
    "MS-02",
    "MS-04",
    "MS-05",
    "MS-11",
    "MI-03",
    "MI-05",
}


def test_the_healthy_week_breaks_no_check(healthy: CouncilFiles) -> None:
    assert breaches(healthy, AS_OF) == set()
    assert healthy.truth() == []


def test_the_troubled_week_breaks_the_checks_its_truth_names(troubled: CouncilFiles) -> None:
    planted = [(line["check_id"], line["source_record_id"]) for line in troubled.truth()]
    assert len(planted) == len(set(planted))
    assert breaches(troubled, AS_OF) == {entry for entry in planted if entry[0] in JOURNEY_CHECKS}


def test_every_check_of_the_slice_is_planted(troubled: CouncilFiles) -> None:
    counts = Counter(line["check_id"] for line in troubled.truth())
    assert set(counts) == JOURNEY_CHECKS | {"DQ-01", "DQ-02"}
    assert min(counts.values()) >= 1
    assert all(line["severity_expected"] in ("SEV1", "SEV2", "SEV3") for line in troubled.truth())
