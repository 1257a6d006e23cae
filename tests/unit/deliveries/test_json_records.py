"""JSON and JSON Lines: digits kept, nothing overwritten, a damaged element costs itself."""

import json
from pathlib import Path

import pytest
from frontdoor.deliveries.columns import Drift
from frontdoor.deliveries.json_records import JsonArrayRecords, JsonLineRecords
from frontdoor.errors import DeliveryRefused
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.deliveries.reading import read

DAMAGED = {
    '{"a":1,"a":2}': "ENV-R05",
    '{"a":1,"A":2}': "ENV-R05",
    '{"a" 1}': "ENV-R05",
    '{"a":NaN}': "ENV-R05",
    '{"a":"\\u0000"}': "ENV-R03",
    '{"a":{"k":"\\u0000"}}': "ENV-R03",
    '{"a":"\\ud800"}': "ENV-R04",
    '"text"': "ENV-R05",
    "[1]": "ENV-R05",
    "null": "ENV-R05",
    '{"a":' + "[" * 5000 + "]" * 5000 + "}": "ENV-R05",
}


@pytest.mark.parametrize(("element", "rule_id"), DAMAGED.items(), ids=range(len(DAMAGED)))
def test_a_damaged_record_costs_exactly_itself(tmp_path: Path, element: str, rule_id: str) -> None:
    array = read(JsonArrayRecords, f'[{{"a":"1"}}, {element} ,{{"a":"2"}}]'.encode(), tmp_path, block_bytes=16)
    lines = read(JsonLineRecords, f'{{"a":"1"}}\n{element}\n{{"a":"2"}}\n'.encode(), tmp_path)
    for found in (array, lines):
        assert found.reasons == {2: rule_id}
        assert found.unreadable[0].line_bytes.strip() == element.encode()
        assert found.rows.keys() == {1, 3}


def test_values_land_as_the_text_they_came_in(tmp_path: Path) -> None:
    content = b'[{"a":1.50,"b":12345678901234567890,"c":true},{"a":1E5,"b":null,"c":[1.0,{"k":"\\u00e9"}]},{"a":""}]'
    assert list(read(JsonArrayRecords, content, tmp_path).rows.values()) == [
        {"a": "1.50", "b": "12345678901234567890", "c": "true", "_extra": None},
        {"a": "1E5", "b": None, "c": '[1.0,{"k":"é"}]', "_extra": None},
        {"a": None, "b": None, "c": None, "_extra": None},
    ]


def test_unknown_renamed_and_absent_keys_are_drift(tmp_path: Path) -> None:
    found = read(JsonLineRecords, b'{"a":1,"bee":2}\n{"a":3,"new_key":"x"}\n', tmp_path)
    assert found.drift == (
        Drift("bee", "renamed", "b"),
        Drift("new_key", "extra"),
        Drift("c", "missing", "c"),
    )
    assert found.rows[2]["_extra"] == '{"new_key":"x"}'


def test_a_mandatory_key_that_no_record_has_refuses_the_delivery(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(JsonLineRecords, b'{"b":1}\n', tmp_path)
    assert refused.value.rule_id == "ENV-D10"


@pytest.mark.parametrize("content", [b"", b"{}", b'{"a":1}', b'[{"a":1}', b'[{"a":1},{"a":', b"[] []", b'[{"a":1},]'])
def test_what_is_not_one_whole_array_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(JsonArrayRecords, content, tmp_path)
    assert refused.value.rule_id == "ENV-D12"


def test_an_undecodable_byte_holds_its_record_only(tmp_path: Path) -> None:
    found = read(JsonArrayRecords, b'[{"a":"1"},{"a":"\xff"},{"a":"2"}]', tmp_path, encoding="mixed")
    assert (found.reasons, found.unreadable[0].line_bytes) == ({2: "ENV-R04"}, b'{"a":"\xff"}')


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(
    records=st.lists(st.fixed_dictionaries({"a": texts, "b": texts}), min_size=1, max_size=20),
    block_bytes=st.integers(1, 64),
    indent=st.sampled_from([None, 2]),
)
def test_every_value_comes_back(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, str]], block_bytes: int, indent: int | None
) -> None:
    content = json.dumps(records, indent=indent, ensure_ascii=False).encode()
    found = read(JsonArrayRecords, content, tmp_path_factory.mktemp("read"), block_bytes=block_bytes)
    assert found.line_count == len(records)
    assert list(found.rows.values()) == [
        {"a": one["a"] or None, "b": one["b"] or None, "c": None, "_extra": None} for one in records
    ]
