"""Writes the manifest of a file, as its supplier should have: counted by the same reader that will land it."""

from datetime import datetime
from pathlib import Path

from frontdoor.contracts.load import load_contracts
from frontdoor.deliveries.archive import inspect
from frontdoor.deliveries.file_names import parsed_name
from frontdoor.deliveries.manifest import Manifest, manifest_text, period_to_of
from frontdoor.errors import FrontdoorError
from frontdoor.landing.land import open_records
from frontdoor.landing.received import encoding_for
from frontdoor.settings import Settings


def described(
    settings: Settings,
    file: Path,
    *,
    period_from: datetime,
    extract_at: datetime,
    is_full: bool,
    is_nil_return: bool,
    supersedes: str | None,
) -> Path:
    """Write the manifest beside a file and return its path.

    It states what the file holds now: it proves nothing about what was lost before. Raises FrontdoorError for a name
    outside the grammar or a feed without a contract, DeliveryRefused for a file no manifest could save.
    """
    name = parsed_name(file.name)
    contract = next((one for one in load_contracts(settings) if name and one.file_token == name.token), None)
    if name is None or contract is None:
        raise FrontdoorError("the file's name does not follow {feed}_{la}_{source}_{period to}_{sequence}.{extension}")
    inspected = inspect(file)
    encoding = encoding_for(inspected, accepts_cp1252=contract.accepts_cp1252)
    records = open_records(inspected, contract=contract, encoding=encoding)
    for _ in records.blocks(delivery_id=0):
        pass
    manifest = Manifest(
        feed=name.token,
        schema_version=contract.version,
        source_org=name.source_org,
        la_code=name.la_code,
        sequence_no=name.sequence_no,
        period_from=period_from,
        period_to=max(period_to_of(name), period_from),
        extract_ts=extract_at,
        row_count=records.tally.record_count,
        sha256=inspected.sha256,
        control_totals={"row_count": records.tally.record_count},
        nil_return=is_nil_return,
        supersedes=supersedes,
        full_or_delta="full" if is_full else "delta",
        generated_by="frontdoor manifest",
    )
    path = file.parent / name.manifest_names[0]
    path.write_text(manifest_text(manifest), encoding="utf-8")
    return path
