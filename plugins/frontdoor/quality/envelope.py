"""The rules every delivery of every feed must keep, whatever its contract says."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["reject", "quarantine", "warn"]


@dataclass(frozen=True, slots=True)
class EnvelopeRule:
    """One rule: what must hold, what happens when it does not, and what the supplier can do about it."""

    rule_id: str
    severity: Severity
    sentence: str
    action: str


_RULES = (
    EnvelopeRule(
        "ENV-D01",
        "reject",
        "Every file comes with its manifest.",
        "Send the same file again with its manifest; write the manifest last.",
    ),
    EnvelopeRule(
        "ENV-D02",
        "reject",
        "The manifest is JSON with exactly the keys of the file specification.",
        "Correct the keys the receipt names and send file and manifest again.",
    ),
    EnvelopeRule(
        "ENV-D03",
        "reject",
        "The manifest agrees with the file's name, its feed and this council.",
        "Make name and manifest agree and send both again.",
    ),
    EnvelopeRule(
        "ENV-D04",
        "reject",
        "The file's SHA-256 is the one the manifest states.",
        "The file was cut off or changed on its way, or the manifest belongs to another; send the pair again.",
    ),
    EnvelopeRule(
        "ENV-D05",
        "reject",
        "The file holds as many records as the manifest states.",
        "Compare the export with its source and send file and manifest again.",
    ),
    EnvelopeRule(
        "ENV-D06",
        "reject",
        "The control totals in the manifest are those of the file.",
        "Compare the export with its source and send file and manifest again.",
    ),
    EnvelopeRule(
        "ENV-D07",
        "reject",
        "A file without records says that it is a nil return, and a nil return has no records.",
        "Set nil_return to true when there was nothing to report; otherwise run the export again.",
    ),
    EnvelopeRule(
        "ENV-D08",
        "reject",
        "The file is UTF-8.",
        "Save the export as UTF-8 (not UTF-16 or 'Unicode') and send it again.",
    ),
    EnvelopeRule(
        "ENV-D09",
        "reject",
        "The first line names every column once.",
        "Correct the header line and send the file again.",
    ),
    EnvelopeRule(
        "ENV-D10",
        "reject",
        "Every mandatory column is there.",
        "Add the columns the receipt names and send the file again.",
    ),
    EnvelopeRule(
        "ENV-D11",
        "reject",
        "The file and each of its lines are of a size this system accepts.",
        "Check the export for missing line ends; split a file that is truly this large.",
    ),
    EnvelopeRule(
        "ENV-D12",
        "reject",
        "A JSON file is one whole array of objects.",
        "The file was cut off or is not JSON; run the export again.",
    ),
    EnvelopeRule(
        "ENV-D13",
        "reject",
        "A manifest comes with its file.",
        "Send the file together with its manifest.",
    ),
    EnvelopeRule(
        "ENV-D14",
        "reject",
        "The inbox holds regular files named as the file specification says.",
        "Rename the file as {feed}_{la}_{source}_{period to}_{sequence}.{extension} and send it again.",
    ),
    EnvelopeRule(
        "ENV-D20",
        "warn",
        "A sequence number is used once, unless a delivery is restated.",
        "Nothing, if this restates the earlier delivery; otherwise number deliveries one by one.",
    ),
    EnvelopeRule(
        "ENV-D21",
        "warn",
        "The file is UTF-8 and not Windows-1252.",
        "The file was read as Windows-1252; please export UTF-8.",
    ),
    EnvelopeRule(
        "ENV-D22",
        "warn",
        "The columns are those of the contract.",
        "Tell us about the change; unknown columns are kept but not used.",
    ),
    EnvelopeRule(
        "ENV-D23",
        "warn",
        "The manifest's schema version is the contract's.",
        "Tell us which version of the specification you export.",
    ),
    EnvelopeRule(
        "ENV-R01",
        "quarantine",
        "Every quote closes on its own line.",
        "Correct the record at its source; one record is one line.",
    ),
    EnvelopeRule(
        "ENV-R02",
        "quarantine",
        "Every line has as many fields as the header.",
        "Quote fields that hold a comma; check that the line is whole.",
    ),
    EnvelopeRule(
        "ENV-R03",
        "quarantine",
        "No record holds a NUL character.",
        "Remove the character at its source.",
    ),
    EnvelopeRule(
        "ENV-R04",
        "quarantine",
        "Every line is text in the file's encoding.",
        "Correct the record's characters at their source.",
    ),
    EnvelopeRule(
        "ENV-R05",
        "quarantine",
        "Every record is a JSON object with each key once.",
        "Correct the export of this record.",
    ),
)

ENVELOPE_RULES: dict[str, EnvelopeRule] = {rule.rule_id: rule for rule in _RULES}
