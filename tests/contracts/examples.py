"""For each kind of record rule the least change to a good record that breaks it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from frontdoor.contracts.document import read_document
from frontdoor.contracts.model import ContractField, FeedContract
from frontdoor.settings import REPOSITORY

Row = dict[str, str | None]

EXTRACT_AT = "2026-03-02T10:00:00+00:00"
EVENT_AT = "2026-03-02T09:00+00:00"
GOOD_BY_NAME = {
    "nhs_number": "999 000 0018",
    "pers_common_child_id": "9990000018",
    "upn": "U874200123001",
    "pers_upn": "u874200123001",
    "postcode": "pe11hf",
    "addr_address_postcode": "ZZ99 3VZ",
    "missing_from_postcode": "PE1 1HF",
    "expected_dob": None,
    "pers_expected_dob": " ",
}
GOOD_BY_TYPE = {
    "text": "TEST",
    "timestamp": EVENT_AT,
    "date": "04/05/2016",
    "integer": "1",
    "decimal": "1.5",
    "boolean": "N",
    "json": "{}",
}


@dataclass(frozen=True, slots=True)
class Break:
    """A rule, the row that breaks it, and a row that must stand beside it, if any."""

    rule_id: str
    row: Row
    beside: Row | None = None


def good_row(contract: FeedContract, *, number: int) -> Row:
    """A record nobody has anything to say about."""
    row = {field.name: GOOD_BY_NAME.get(field.name, _good_value(field)) for field in contract.fields}
    return row | {name: f"TEST-{number}" for name in contract.key_fields}


def _good_value(field: ContractField) -> str:
    if field.code_list is None:
        return GOOD_BY_TYPE[field.type]
    codes = [code.code for code in field.code_list.codes]
    return "|".join(codes[:2]).lower() if field.type == "codes" else codes[0]


def breaks(contract: FeedContract) -> Iterator[Break]:
    """One breaking record for each rule about records."""
    document = read_document(REPOSITORY / "expectations" / "feeds" / f"{contract.feed}.odcs.yaml")
    assert document.schema_
    rules = [(given.name, quality) for given in document.schema_[0].properties or [] for quality in given.quality or []]
    rules += [(None, quality) for quality in document.schema_[0].quality or []]
    for number, (name, quality) in enumerate(rules, start=100):
        written = quality.implementation
        options = written if isinstance(written, dict) else {"rule": written}
        if options["rule"] == "control_totals":
            continue
        row = good_row(contract, number=number)
        change = BREAKS[options["rule"]](contract, name or "", options)
        assert quality.id
        yield Break(quality.id, row | change, row if options["rule"] == "once" else None)


def _late(contract: FeedContract, name: str, _: dict) -> Row:
    return {name: "2026-03-03" if contract.field(name).type == "date" else "2026-03-02T10:16:00+00:00"}


def _early(contract: FeedContract, name: str, options: dict) -> Row:
    if contract.field(name).type == "date":
        return {name: "2016-05-03"}
    # Known to the day only, and still a day too early.
    return {name: "01/03/2026", options["other"]: EVENT_AT}


BREAKS: dict[str, Callable[[FeedContract, str, dict], Row]] = {
    "given": lambda _c, name, _o: {name: " "},
    "given_when": lambda _c, name, options: {name: None, options["other"]: options["codes"][-1]},
    "readable": lambda _c, name, _o: {name: "31/02/2026 {"},
    "in_list": lambda _c, name, _o: {name: "NOT_A_CODE"},
    "nhs_number": lambda _c, name, _o: {name: "9990000019"},
    "upn": lambda _c, name, _o: {name: "A874200123001"},
    "postcode": lambda _c, name, _o: {name: "PE1 1H"},
    "not_after_extract": _late,
    "not_before": _early,
    "exactly_one_of": lambda _c, _n, options: dict.fromkeys(options["fields"], "2016-05-04"),
    "once": lambda _c, _n, _o: {},
}
