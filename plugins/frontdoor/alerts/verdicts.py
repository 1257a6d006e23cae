"""Great Expectations' verdict on each check at a moment, from one pass over one publication."""

from collections.abc import Sequence
from dataclasses import dataclass

from frontdoor.alerts.catalogue import Question
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import database_url


@dataclass(frozen=True, slots=True)
class CheckVerdict:
    """Whether a check is met; `sqlstate` is set when it could not be evaluated, which is not met."""

    check_id: str
    is_met: bool
    sqlstate: str | None = None
    breaking_count: int | None = None

    @property
    def is_evaluated(self) -> bool:
        """Whether an answer was had at all."""
        return self.sqlstate is None


def judge(settings: Settings, questions: Sequence[Question], *, publication_no: int | None) -> dict[str, CheckVerdict]:
    """Return the verdict on each check, asked as the read-only validator."""
    if not questions:
        return {}
    from expectations.suites import check_expectation
    from frontdoor.quality.gx import verdicts

    expectations = [
        check_expectation(
            question.check.id,
            sentence=question.check.sentence,
            severity=question.check.severity,
            sql=question.sql,
        )
        for question in questions
    ]
    judged = verdicts(_url(settings, publication_no), name="checks", expectations=expectations)
    return {verdict.rule_id: CheckVerdict(verdict.rule_id, verdict.is_met, verdict.sqlstate) for verdict in judged}


def _url(settings: Settings, publication_no: int | None) -> str:
    """The validator's URL, pinned to one publication so that verdict and keys are read from the same marts."""
    url = database_url(settings, role="validator", driver="psycopg")
    if publication_no is None:
        return url
    return f"{url}{'&' if '?' in url else '?'}options=-cfrontdoor.publication%3D{publication_no}"
