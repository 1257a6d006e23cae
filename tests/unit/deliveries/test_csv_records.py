"""CSV: none of the losses ordinary readers make (docs/decisions: strict reading); a damaged line costs itself."""

import csv
import io
from pathlib import Path

import pytest
from frontdoor.deliveries.columns import Drift
from frontdoor.deliveries.csv_records import CsvRecords
from frontdoor.errors import DeliveryRefused
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.deliveries.reading import read


@pytest.mark.parametrize(
    ("line", "rule_id"),
    [
        pytest.param(b'"3,x,y', "ENV-R01", id="an unclosed quote"),
        pytest.param(b'"3"3,x,y', "ENV-R01", id="text after a closing quote"),
        pytest.param(b"3,x,y,z", "ENV-R02", id="a field too many"),
        pytest.param(b"3,x", "ENV-R02", id="a field too few"),
        pytest.param(b"3,\0,y", "ENV-R03", id="a NUL"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_a_damaged_line_costs_exactly_itself(tmp_path: Path, line: bytes, rule_id: str, end: bytes) -> None:
    found = read(CsvRecords, end.join([b"a,b,c", b"1,x,y", line, b"2,x,y", b""]), tmp_path)
    assert found.reasons == {3: rule_id}
    assert found.unreadable[0].line_bytes == line
    assert found.rows == {2: {"a": "1", "b": "x", "c": "y"}, 4: {"a": "2", "b": "x", "c": "y"}}


def test_quoted_values_arrive_whole(tmp_path: Path) -> None:
    found = read(CsvRecords, b'a,b,c\n"1","x, ""y""",\\.\n2,NULL,007\n3,"",O"Neill\n', tmp_path)
    assert list(found.rows.values()) == [
        {"a": "1", "b": 'x, "y"', "c": "\\."},
        {"a": "2", "b": "NULL", "c": "007"},
        {"a": "3", "b": None, "c": 'O"Neill'},
    ]


def test_blank_lines_and_blank_records_are_structure(tmp_path: Path) -> None:
    found = read(CsvRecords, b"\na,b,c\n1,x,y\n,,\n   \n,,\n", tmp_path)
    assert [(one.first, one.after, one.fate) for one in found.fates] == [
        (1, 3, "structural"),
        (3, 4, "landed"),
        (4, 7, "structural"),
    ]


def test_a_file_without_a_last_line_end_keeps_its_last_line(tmp_path: Path) -> None:
    assert read(CsvRecords, b"a,b,c\n1,x,y", tmp_path).rows.keys() == {2}


def test_a_byte_order_mark_is_no_part_of_the_first_header(tmp_path: Path) -> None:
    assert read(CsvRecords, b"\xef\xbb\xbfa,b,c\n1,x,y\n", tmp_path).rows == {2: {"a": "1", "b": "x", "c": "y"}}


def test_headers_match_in_any_order_case_and_known_other_name(tmp_path: Path) -> None:
    found = read(CsvRecords, b" C ,BEE,A\n1,2,3\n", tmp_path)
    assert found.rows == {2: {"c": "1", "b": "2", "a": "3"}}
    assert found.drift == (Drift("BEE", "renamed", "b"),)


def test_unknown_columns_are_kept_and_reported(tmp_path: Path) -> None:
    found = read(CsvRecords, b"a,b,c,worker_team,\n1,2,3,North,x\n", tmp_path)
    assert found.rows[2]["_extra"] == '{"unnamed column 5":"x","worker_team":"North"}'
    assert found.drift == (Drift("worker_team", "extra"), Drift("unnamed column 5", "extra"))


def test_a_missing_optional_column_is_drift(tmp_path: Path) -> None:
    found = read(CsvRecords, b"a,b\n1,2\n", tmp_path)
    assert (found.rows, found.drift) == ({2: {"a": "1", "b": "2"}}, (Drift("c", "missing", "c"),))


@pytest.mark.parametrize(
    ("header", "rule_id"),
    [
        pytest.param(b"b,c", "ENV-D10", id="a mandatory column missing"),
        pytest.param(b"a,b,B", "ENV-D09", id="a column twice"),
        pytest.param(b"a,b,bee", "ENV-D09", id="a column and its other name"),
        pytest.param(b'a,b,"c', "ENV-D09", id="an unclosed quote"),
        pytest.param(b"9990000018,Canary,2015-01-01", "ENV-D10", id="no header at all"),
    ],
)
def test_a_header_that_cannot_be_used_refuses_the_delivery(tmp_path: Path, header: bytes, rule_id: str) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(CsvRecords, header + b"\n1,2,3\n", tmp_path)
    assert refused.value.rule_id == rule_id
    assert "Canary" not in str(refused.value)
    assert "999" not in str(refused.value)


def test_cp1252_is_read_as_what_it_means(tmp_path: Path) -> None:
    found = read(CsvRecords, "a,b,c\n1,Renée,’\n".encode("cp1252"), tmp_path, encoding="cp1252")
    assert found.rows == {2: {"a": "1", "b": "Renée", "c": "’"}}


def test_a_line_that_is_not_in_the_files_encoding_is_held_with_its_bytes(tmp_path: Path) -> None:
    found = read(CsvRecords, "a,b,c\n1,Renée,\n".encode() + b"2,\xff,\n", tmp_path, encoding="mixed")
    assert (found.rows.keys(), found.reasons) == ({2}, {3: "ENV-R04"})
    assert found.unreadable[0].line_bytes == b"2,\xff,"


def test_another_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "delivery"
    path.write_bytes(b'a;b;c\n1;x,y;"p;q"\n')
    from tests.unit.deliveries.reading import COLUMNS

    records = CsvRecords(path, columns=COLUMNS, delimiter=";")
    assert b"".join(records.blocks(delivery_id=7)) == b"2;1;x,y;p\\;q;7\n"


values = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=12)
damaged = st.sampled_from([b'"open,x,y', b"1,2", b"1,2,3,4", b"\0,,x"])


@given(
    records=st.lists(st.one_of(st.tuples(values, values, values), damaged), max_size=30),
    is_quoted=st.booleans(),
    end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    block_bytes=st.integers(1, 64),
)
def test_every_line_has_one_fate_and_every_value_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[tuple[str, str, str] | bytes],
    is_quoted: bool,
    end: bytes,
    block_bytes: int,
) -> None:
    lines, expected, broken = [b"a,b,c"], {}, set()
    for number, record in enumerate(records, start=2):
        if isinstance(record, bytes):
            lines.append(record)
            broken.add(number)
            continue
        text = io.StringIO()
        quoting = csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL
        csv.writer(text, lineterminator="", quoting=quoting).writerow(record)
        lines.append(text.getvalue().encode())
        if lines[-1].strip() and lines[-1].strip(b","):
            expected[number] = {name: value or None for name, value in zip("abc", record, strict=True)}
    found = read(CsvRecords, end.join([*lines, b""]), tmp_path_factory.mktemp("read"), block_bytes=block_bytes)
    assert found.rows == expected
    assert found.reasons.keys() == broken
    assert found.line_count == len(lines)
    tiled = [number for one in found.fates for number in range(one.first, one.after)]
    assert tiled == list(range(1, len(lines) + 1))
    landed = {n for one in found.fates if one.fate == "landed" for n in range(one.first, one.after)}
    assert landed == expected.keys()


@given(content=st.binary(max_size=400), block_bytes=st.integers(1, 64))
def test_no_bytes_are_too_strange_to_account_for(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, block_bytes: int
) -> None:
    whole = b"a,b,c\n" + content
    encoding = "mixed"
    found = read(CsvRecords, whole, tmp_path_factory.mktemp("read"), encoding=encoding, block_bytes=block_bytes)
    assert found.line_count == len(whole.splitlines())
    assert sum(one.after - one.first for one in found.fates) == found.line_count
    assert [whole.splitlines()[one.row_number - 1] for one in found.unreadable] == [
        one.line_bytes for one in found.unreadable
    ]
