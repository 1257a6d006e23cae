"""Every rule and every check by id, on one page."""

from collections.abc import Iterable, Iterator

from frontdoor.alerts.catalogue import Catalogue
from frontdoor.contracts.model import FeedContract
from frontdoor.pages.feed_page import CONSEQUENCES, NOTE, rule_table
from frontdoor.quality.envelope import ENVELOPE_RULES


def rules_page(contracts: Iterable[FeedContract], *, catalogue: Catalogue) -> str:
    """Return the page of all rules: of deliveries, of records, of the work with children."""
    contracts = tuple(contracts)
    return "\n".join(
        [
            NOTE.replace("expectations/feeds; change the contract", "expectations/; change the contract or check"),
            "# Rules and checks",
            "",
            "Delivery rules (D) and record rules (R) judge what was sent; checks judge what happened.",
            "",
            *_envelope(),
            *(line for contract in contracts for line in _feed(contract)),
            *_checks(catalogue),
        ]
    )


def _envelope() -> Iterator[str]:
    yield "## Every delivery"
    yield ""
    yield "| rule | what holds | otherwise | what to do |"
    yield "|---|---|---|---|"
    for rule in ENVELOPE_RULES.values():
        yield f"| {rule.rule_id} | {rule.sentence} | {CONSEQUENCES[rule.severity]} | {rule.action} |"
    yield ""


def _feed(contract: FeedContract) -> Iterator[str]:
    yield f"## {contract.title} ({contract.rule_prefix})"
    yield ""
    yield f"What the feed holds: [{contract.feed}](feeds/{contract.feed}.md)."
    yield ""
    yield from rule_table(contract.rules)
    yield ""


def _checks(catalogue: Catalogue) -> Iterator[str]:
    yield "## Checks"
    yield ""
    yield "| check | name | what must be true | severity | who hears of it |"
    yield "|---|---|---|---|---|"
    for check in sorted(catalogue.checks.values(), key=lambda check: check.id):
        recipients = ", ".join(check.recipients)
        yield f"| {check.id} | {check.name} | {check.sentence} | SEV{check.severity} | {recipients} |"
    yield ""
