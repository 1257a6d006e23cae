"""dbt's sources: one file per agency, made from its contracts."""

from collections.abc import Iterable

import yaml

from frontdoor.contracts.model import FeedContract

NOTE = "# Written by `make generate` from expectations/feeds; change the contract, not this file.\n"
LINEAGE = {
    "_delivery_id": "The delivery the row came in.",
    "_row_number": "Its line in the file, the header being line 1; in a JSON array its element.",
    "_sequence_no": "The delivery's sequence number.",
    "_extract_at": "When the supplier made the extract.",
    "_period_to_at": "The end of the period the delivery covers.",
    "_received_at": "When the delivery arrived.",
    "_settled_no": "Rises with each settlement: says what is new, decides nothing.",
    "_source_org": "Who sent it.",
    "_la_code": "The council it was sent to.",
    "_is_full": "Whether the delivery is a full extract and not only what changed.",
    "_is_held": "Whether the record waits in quarantine; fields that may not be believed are null.",
    "_extra": "Columns the contract does not know, kept as sent.",
}


def sources_path(agency: str) -> str:
    """Return where an agency's sources stand, below the dbt project."""
    return f"models/staging/{agency}/_{agency}__sources.yml"


def sources_yaml(contracts: Iterable[FeedContract]) -> str:
    """Return the sources of one agency's contracts."""
    document = {
        "sources": [
            {
                "name": "accepted",
                "schema": "accepted",
                "description": "Readable rows of accepted deliveries, every field as the text that was sent.",
                "tables": [_table(contract) for contract in contracts],
            }
        ]
    }
    return NOTE + yaml.dump(document, sort_keys=False, allow_unicode=True, width=110)


def _table(contract: FeedContract) -> dict[str, object]:
    fields: list[dict[str, object]] = [
        {
            "name": field.name,
            "description": field.description,
            "config": {"meta": {"classification": field.classification}},
        }
        for field in contract.fields
    ]
    lineage: list[dict[str, object]] = [{"name": name, "description": text} for name, text in LINEAGE.items()]
    return {
        "name": contract.feed,
        "description": f"{contract.grain} {contract.purpose}",
        "config": {"meta": {"contract": contract.version, "owner": contract.owner}},
        "columns": fields + lineage,
    }
