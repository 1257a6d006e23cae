"""The one page a supplier needs to send a feed well."""

from collections.abc import Iterator
from datetime import timedelta

from frontdoor.contracts.model import CodeList, ContractField, FeedContract, RecordRule, Severity
from frontdoor.deliveries.manifest import Manifest

NOTE = "<!-- Written by `make generate` from expectations/feeds; change the contract, not this file. -->"
FORMATS = {
    "csv": "CSV (RFC 4180): a header line, fields separated by `,`, quoted where they hold one; one record is one line",
    "json": "one JSON array of objects",
    "jsonl": "JSON Lines: one object a line",
}
TYPES = {
    "text": "text",
    "code": "code",
    "codes": "codes",
    "timestamp": "date and time",
    "date": "date",
    "integer": "whole number",
    "decimal": "number",
    "boolean": "Y or N",
    "ternary": "Y, N or U",
    "json": "JSON",
}
CONSEQUENCES: dict[Severity, str] = {
    "reject": "the whole delivery is refused",
    "quarantine": "the record waits in quarantine",
    "warn": "you are told; the record is used as it is",
}


def feed_page(contract: FeedContract) -> str:
    """Return the supplier's page of a feed."""
    return "\n".join(
        [
            NOTE,
            f"# {contract.title}",
            "",
            contract.purpose,
            "",
            f"{contract.limitations} {contract.grain}" if contract.limitations else contract.grain,
            "",
            *_how_to_send(contract),
            *_columns(contract),
            *_codes(contract),
            *_rules(contract),
            *_errors(contract),
        ]
    )


def _how_to_send(contract: FeedContract) -> Iterator[str]:
    token, extension = contract.file_token, contract.format
    yield "## How to send it"
    yield ""
    yield f"- **File**: `{token}_<council>_<source>_<period to>_<sequence>.{extension}`, for example"
    yield f"  `{token}_874_XYZ_20260302T0600_00412.{extension}`. Number deliveries one by one; never use a number"
    yield "  twice, except to send a corrected delivery again."
    yield f"- **Format**: {FORMATS[contract.format]}."
    encoding = "UTF-8; Windows-1252 is read, and you are told" if contract.accepts_cp1252 else "UTF-8"
    yield f"- **Encoding**: {encoding}."
    yield "- **Times**: ISO 8601 with offset (`2026-03-01T22:40+00:00`); `dd/mm/yyyy hh:mm` is read as time in"
    yield f"  {contract.timezone}. A date alone is accepted where the hour is not known."
    yield "- **Empty** means not known or not applicable; several codes are separated by `|`."
    yield "- **Manifest**: a JSON file of the same name ending in `.manifest.json` instead of"
    yield f"  `.{extension}`, written last, with the keys"
    yield f"  {', '.join(f'`{name}`' for name in Manifest.model_fields)}."
    if contract.control_totals:
        yield "- **Control totals**, in the manifest under `control_totals`; what you state must be true:"
        for total in contract.control_totals:
            yield f"  `{total.name}` ({total.sentence}){',' if total is not contract.control_totals[-1] else '.'}"
    yield f"- **When**: {_cadence(contract)}. With nothing to report send an empty delivery whose manifest says"
    yield "  `nil_return: true`: a file that does not come counts as a fault, not as a quiet day."
    yield f"- **Kept**: the file as sent for {contract.retention.days} days."
    yield ""


def _cadence(contract: FeedContract) -> str:
    late = contract.cadence.late_after
    lateness = f"{late // timedelta(hours=1)} hours" if late % timedelta(hours=1) == timedelta() else str(late)
    return f"on the schedule `{contract.cadence.schedule}` ({contract.timezone}); late after {lateness}"


def _columns(contract: FeedContract) -> Iterator[str]:
    yield "## Columns"
    yield ""
    yield "**Must** columns have to be in the file; **should** be filled on every record; other columns may be left"
    yield "out or empty. Unknown columns are kept and reported. Order does not matter."
    yield ""
    yield "| column | type | | meaning | class |"
    yield "|---|---|---|---|---|"
    for field in contract.fields:
        need = "must" if field.is_mandatory else "" if field.is_nullable else "should"
        yield f"| `{field.header}` | {_type(field)} | {need} | {_meaning(field)} | {field.classification} |"
    yield ""


def _type(field: ContractField) -> str:
    if field.code_list is None or field.type == "ternary":
        return TYPES[field.type]
    return f"[{TYPES[field.type]}](#{field.code_list.name.replace('_', '-')})"


def _meaning(field: ContractField) -> str:
    text = field.description.replace("|", "\\|")
    if field.synonyms:
        text += f" Also read as {', '.join(f'`{synonym}`' for synonym in field.synonyms)}."
    return text


def _codes(contract: FeedContract) -> Iterator[str]:
    lists = {field.code_list.name: field.code_list for field in contract.fields if field.code_list}
    if lists:
        yield "## Codes"
        yield ""
    for name in sorted(lists):
        yield f"### {name.replace('_', '-')}"
        yield ""
        yield from _code_table(lists[name])
        yield ""


def _code_table(code_list: CodeList) -> Iterator[str]:
    yield "| code | meaning |"
    yield "|---|---|"
    for code in code_list.codes:
        alias = f" (read as `{code.alias_of}`)" if code.alias_of else ""
        yield f"| `{code.code}` | {code.label}{alias} |"


def _rules(contract: FeedContract) -> Iterator[str]:
    yield "## Rules"
    yield ""
    yield "The rules every delivery of every feed keeps are in [rules.md](../rules.md). These are this feed's own:"
    yield ""
    yield from rule_table(contract.rules)
    yield ""


def rule_table(rules: tuple[RecordRule, ...]) -> Iterator[str]:
    """Yield a table of record rules."""
    yield "| rule | what holds | otherwise |"
    yield "|---|---|---|"
    for rule in rules:
        yield f"| {rule.rule_id} | {rule.sentence.replace('|', chr(92) + '|')} | {CONSEQUENCES[rule.severity]} |"


def _errors(contract: FeedContract) -> Iterator[str]:
    yield "## What happens when something is wrong"
    yield ""
    yield "Every delivery is answered by a receipt, with counts and, for each broken rule, the row numbers; never with"
    yield "a value of a record. A delivery that is **refused** changes nothing: correct it and send it again. A record"
    yield "in **quarantine** is still looked after: its clocks run on what can be believed of it, and it leaves"
    yield "quarantine when you send a corrected version of it (a higher `record_version`) or the council's data team"
    yield "releases it. The same file sent twice counts once. To correct a whole delivery send it again under the same"
    yield "sequence number with a later `extract_ts`: it replaces the first."
    yield ""
    yield f"Questions: {contract.owner}, or the council's data team."
    yield ""
