"""Contracts are read strictly: what is misspelt is an error that names the file and the place."""

import shutil
from pathlib import Path

import pytest
from frontdoor.contracts.load import load_contract, load_contracts
from frontdoor.errors import ContractError
from frontdoor.settings import REPOSITORY, Settings
from frontdoor.synthesis.layouts import LAYOUTS

FEED = "council__agency_checks"


def folder_with(tmp_path: Path, *, replace: str, by: str) -> Settings:
    """A contracts folder that holds one contract, with the first `replace` in it written otherwise."""
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    text = (REPOSITORY / "expectations" / "feeds" / f"{FEED}.odcs.yaml").read_text()
    assert replace in text
    (feeds / f"{FEED}.odcs.yaml").write_text(text.replace(replace, by, 1))
    return Settings(contracts_dir=feeds)


def test_the_eight_feeds_are_contracted() -> None:
    contracts = {contract.feed: contract for contract in load_contracts(Settings())}

    assert {feed: contract.file_token for feed, contract in contracts.items()} == {
        "police__missing_episodes": "misper",
        "health__check_responses": "healthchk",
        "portal__sent_referrals": "portalsent",
        "council__contacts": "contacts",
        "council__mash_enquiries": "mashenq",
        "council__agency_checks": "mashchk",
        "council__return_interviews": "rhi",
        "council__persons": "lcsperson",
    }


def test_suppliers_write_what_the_contracts_ask_for() -> None:
    contracts = {contract.file_token: contract for contract in load_contracts(Settings())}

    for token, layout in LAYOUTS.items():
        contract = contracts[token]
        assert tuple(field.header for field in contract.fields) == layout.columns, token
        assert (contract.format, contract.key_fields) == (layout.format, (layout.key,))


def test_every_field_is_described_and_classified() -> None:
    for contract in load_contracts(Settings()):
        for field in contract.fields:
            assert len(field.description) > 3, (contract.feed, field.name)
            assert field.description.endswith((".", "?", "...")), (contract.feed, field.name)
            if field.name in {"nhs_number", "upn", "surname", "postcode", "pers_common_child_id", "pers_upn"}:
                assert field.classification == "identifier"


@pytest.mark.parametrize(
    ("replace", "by", "place"),
    [
        ("classification: internal", "clasification: internal", "clasification"),
        ("classification: internal", "classification: secret", "classification is one of"),
        ("id: CHK-R02", "id: CHK-R01", "CHK-R01: this rule id is used twice"),
        ("- id: CHK-R02\n            type", "- type", "every rule has an id"),
        ("id: CHK-R02", "id: CON-R02", "every rule has an id CHK-R<nn>"),
        ("../codes/check_agencies.csv", "../codes/agencies_asked.csv", "there is no code list agencies_asked"),
        ("name: mash_enquiry_ref", "name: check_id", "check_id: the name `check_id` belongs to field 5 already"),
        ("synonym: enquiry_ref", "synonym: Check_ID", "mash_enquiry_ref: the name `check_id` belongs to"),
        ("logicalType: timestamp", "logicalType: datetime", "logicalType is one of"),
        ("implementation: given", "implementation: givven", "there is no kind of rule called givven"),
        ("other: requested_at", "other: requested", "names no field"),
        ("severity: quarantine", "severity: quarantined", "severity is one of"),
        ("value: Europe/London", "value: Europe/Peterborough", "there is no timezone"),
        ("fileToken", "filetoken", "fileToken"),
        ("primaryKey: true", "primaryKey: false", "primaryKey"),
        ("status: active", "status: active\nstatus: active", "`status` is written twice"),
        ("id: council__agency_checks", "id: council__checks", "schema.name"),
        ("format: csv", "format: xlsx", "format is one of csv, json, jsonl"),
        ("required: true", "required: maybe", "required"),
        ("schema:", "schema: [", "this is not YAML"),
    ],
)
def test_a_slip_in_a_contract_is_named_with_its_file(tmp_path: Path, replace: str, by: str, place: str) -> None:
    settings = folder_with(tmp_path, replace=replace, by=by)

    with pytest.raises(ContractError) as raised:
        load_contracts(settings)

    assert str(raised.value).startswith(f"{FEED}.odcs.yaml: ")
    assert place in str(raised.value)


def test_two_contracts_cannot_share_a_file_token(tmp_path: Path) -> None:
    settings = folder_with(tmp_path, replace="value: mashchk", by="value: contacts")
    shutil.copy(REPOSITORY / "expectations" / "feeds" / "council__contacts.odcs.yaml", settings.contracts_dir)

    with pytest.raises(ContractError, match=r"council__contacts.odcs.yaml: file_token contacts belongs to council__ag"):
        load_contracts(settings)


def test_a_feed_without_contract_is_refused() -> None:
    with pytest.raises(ContractError, match="there is no contract for council__secrets"):
        load_contract("council__secrets")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("code,label,alias_of\nY,Yes,\nY,Again,\n", "a code is there twice"),
        ("code,label,alias_of\ny,Yes,\n", "needs upper case"),
        ("code,label,alias_of\nY,Yes,Z\n", "an alias of Z, which is not in the list"),
        ("label,code\nYes,Y\n", "the first line is not"),
        ("code,label,alias_of\n", "none at all"),
    ],
)
def test_a_slip_in_a_code_list_is_named(tmp_path: Path, text: str, problem: str) -> None:
    codes = tmp_path / "codes"
    shutil.copytree(REPOSITORY / "expectations" / "codes", codes)
    (codes / "check_agencies.csv").write_text(text)

    with pytest.raises(ContractError, match=problem) as raised:
        load_contract(FEED, settings=Settings(codes_dir=codes))

    assert str(raised.value).startswith(f"{FEED}.odcs.yaml: agency: check_agencies.csv")
