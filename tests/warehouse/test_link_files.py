"""`frontdoor link` as whoever has files of records meets it: what is refused, in which words, and what is written."""

import csv
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from frontdoor import cli
from frontdoor.linkage.link import trained_on
from frontdoor.linkage.model import load_linkage_model
from frontdoor.linkage.person_files import COLUMNS, FileRead, FileRefused, read_person_file
from frontdoor.linkage.scratch import scratch_warehouse
from frontdoor.linkage.splink_model import shipped_levels
from frontdoor.settings import Settings
from frontdoor.synthesis.person_records import write_person_records
from frontdoor.warehouse.connect import connect
from frontdoor.warehouse.dbt import run_dbt

from tests.warehouse.hand_made import HandMadeCouncil
from tests.warehouse.link_situations import nhs, upn
from tests.warehouse.scratch_links import MONDAY, scratch_links

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

# Nothing of these may be said in a message.
PERSONAL = ("zzada", "quillworth", "dobson", "essex", "2014-05-03", "pe1 1aa", "r-1", "r-2")
HEADER = b"record_id,forename,surname\n"
ADA = b"r-1,Zzada,Quillworth\n"
UTF_8 = "people.csv cannot be read as CSV in UTF-8; save it so and try again"
RAGGED = "a line has another number of fields than the header (an empty one: none), or a quote is not closed"
NOT_TEXT = "the text is not UTF-8, or holds a character of value nought"
REFUSED = {
    "an unknown column": (b"record_id,forename,shoe_size\nr-1,Zzada,3\n", "people.csv: unknown columns: shoe_size"),
    "a column given twice": (b"record_id,forename,Forename \nr-1,Zzada,Zzada\n", "columns given twice: forename"),
    "a file without a header": (ADA + b"r-2,Zzbea,Quillworth\n", "there is no header"),
    "such a file with a name that begins like a column's": (b"r-1,Zzada,Dobson\n", "there is no header"),
    "such a file of a place that holds a column's": (b"r-1,Zzada,Quillworth,1 Essex Street\n", "there is no header"),
    "an empty file": (b"", "there is no header"),
    "another separator": (b"record_id;forename\nr-1;Zzada\n", "the columns are not separated by commas"),
    "columns called as others call theirs": (b"id,First Name,source,town\n1,Zzada,x,y\n", ": id, first name, town;"),
    "a first line in which a person's word is a column's": (b"r-1,source,Zzada\n", "columns: column 1, column 3;"),
    "such a first line with an address": (b"r-1,source,1 Essex Street\n", "columns: column 1, column 3;"),
    "a column without a name": (b"record_id,,forename\nr-1,x,Zzada\n", "unknown columns: column 2;"),
    "a quote in the header that is not closed": (
        b'record_id,"forename\nr-1,Zzada\n', "people.csv: a quote in the header is not closed",
    ),
    "a field too many": (HEADER + ADA + b"r-2,Zzbea,Quillworth,F\n", f"people.csv at line 3: {RAGGED}"),
    "a field too few": (HEADER + b"r-1,Zzada\n", f"people.csv at line 2: {RAGGED}"),
    "a field too many after an address of two lines": (
        b'record_id,address\nr-1,"1 Quillworth\nStreet"\nr-2,Zzada,F\n',
        f"people.csv at line 4: {RAGGED}",
    ),
    "a quote that is not closed": (HEADER + b'r-1,"Zzada,Quillworth\n' + ADA, RAGGED),
    "Latin letters not in UTF-8": (HEADER + "r-1,Zzadá,Quillworth\n".encode("latin-1"), UTF_8),
    "such letters far into the file": (
        HEADER + b"".join(b"x-%d,Zzbea,Quillworth\n" % n for n in range(9_000)) + b"r-1,Zzad\xe1,Quillworth\n",
        f"people.csv at line 9002: {NOT_TEXT}",
    ),
    "UTF-16": ("record_id,forename\nr-1,Zzada\n".encode("utf-16"), UTF_8),
    "a character of value nought": (HEADER + b"r-1,Zz\0ada,Quillworth\n", f"people.csv at line 2: {NOT_TEXT}"),
    "the same number twice": (HEADER + ADA + b"r-2,Zzbea,Marrowby\n" + ADA, "records 1 and 3 have the same record_id"),
    "the same number twice but for a tab": (HEADER + ADA + b"r-1\t,Zzbea,Quillworth\n", "have the same record_id"),
    "the same number twice but for a space": (HEADER + ADA + b" r-1,Zzbea,Quillworth\n", "have the same record_id"),
}  # fmt: skip

ReadFile = Callable[..., tuple[FileRead, list[tuple[object, ...]]]]


@pytest.fixture(scope="module")
def scratch(warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A scratch warehouse into which files are read, and from which they are taken back."""
    with scratch_links(warehouse, tmp_path_factory.mktemp("files")) as links:
        yield links.scratch


@pytest.fixture
def read(scratch: Settings, tmp_path: Path) -> ReadFile:
    """What became of files with this content, one after the other."""

    def call(*contents: bytes) -> tuple[FileRead, list[tuple[object, ...]]]:
        path = tmp_path / "people.csv"
        with connect(scratch, role="admin") as connection:
            connection.execute("set local role transformer")
            for number, content in enumerate(contents, start=1):
                path.write_bytes(content)
                found = read_person_file(connection, path, file_no=number, build_no=number, at=MONDAY)
            rows = connection.execute(
                "select agency_person_id, forename, surname, birth_date::text, first_recorded_at = last_recorded_at,"
                " person_scope from identity.int_person_records order by agency_person_id"
            ).fetchall()
            connection.rollback()
        return found, rows

    return call


@pytest.mark.parametrize("file_no", [1, 2])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_understood_is_refused_by_its_place_without_its_value(
    read: ReadFile, name: str, file_no: int
) -> None:
    content, said = REFUSED[name]
    with pytest.raises(FileRefused) as refused:
        read(*[b"record_id\nbefore\n"] * (file_no - 1), content)
    message = str(refused.value)
    assert said in message
    assert not [value for value in PERSONAL if value in message.lower()]
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfrecord_id,forename,surname\r\nr-1,Zzada,Quillworth\r\n",
        b"record_id,forename,surname\rr-1,Zzada,Quillworth\r",
        b"record_id,forename,surname\nr-1,Zzada,Quillworth\r\n",
        b' Record_ID ,"FORENAME",surname\n r-1 ,Zzada,"Quillworth"',
        b"surname,record_id,forename\n\xc2\xa0Quillworth \t,r-1, Zzada \n",
    ],
    ids=[
        "mark and line ends of Windows",
        "line ends of old",
        "two line ends",
        "capitals, spaces, quotes and no last line end",
        "order",
    ],
)
def test_how_a_file_is_written_does_not_matter(read: ReadFile, content: bytes) -> None:
    found, rows = read(content)
    assert found == FileRead(record_count=1, corrected_count=0, somebody_else_count=0, unread_counts={})
    assert [row[:3] for row in rows] == [("r-1", "Zzada", "Quillworth")]


def test_a_file_may_leave_out_any_column_and_hold_no_record(read: ReadFile) -> None:
    for column in COLUMNS:
        assert read(f"{column}\nx\n".encode())[0].record_count == 1
        assert read(f"{column}\n".encode())[0].record_count == 0


def test_records_without_a_number_are_called_by_file_and_place(read: ReadFile) -> None:
    _, rows = read(b"forename,source\nZzada,\nZzada,police\n", b"forename\nZzada\n")
    assert [(row[0], row[5]) for row in rows] == [("row-1-1", "people"), ("row-1-2", "police"), ("row-2-1", "people")]


def test_the_place_of_a_record_without_a_number_is_not_another_s_number(read: ReadFile) -> None:
    with pytest.raises(FileRefused, match="records 1 and 2 have the same record_id"):
        read(b"record_id,forename\nrow-1-2,Zzada\n,Zzbea\n")


def test_a_number_of_nothing_but_blanks_is_none_and_its_record_is_kept(read: ReadFile) -> None:
    _, rows = read(HEADER + "\u00a0,Zzada,Quillworth\n\t,Zzbea,Quillworth\n".encode())
    assert [row[:2] for row in rows] == [("row-1-1", "Zzada"), ("row-1-2", "Zzbea")]


def test_rows_of_nothing_at_the_end_are_no_records(read: ReadFile) -> None:
    found, rows = read(HEADER + ADA + b",,\n , ,\n\n\n")
    assert found.record_count == 1
    assert [row[0] for row in rows] == ["r-1"]


def test_a_later_file_corrects_a_record_and_leaves_alone_what_it_does_not_name(read: ReadFile) -> None:
    found, rows = read(HEADER + ADA + b"r-2,Zzbea,Marrowby\n", b"record_id,forename,dob\nr-1 ,Zzcai,2014-05-03\n")
    assert (found.record_count, found.corrected_count) == (1, 1)
    # The latest word on a record is all that is known of it.
    assert [row[:4] for row in rows] == [("r-1", "Zzcai", None, "2014-05-03"), ("r-2", "Zzbea", "Marrowby", None)]


def test_two_agencies_that_number_alike_are_told_of(read: ReadFile) -> None:
    rows = b"record_id,source,forename\n1,%s,Zzada\n2,police,Zzbea\n3,,Zzcai\n"
    first, second = (rows % agency for agency in (b"police", b"health"))
    found, _ = read(first, second)
    assert (found.corrected_count, found.somebody_else_count) == (3, 1)
    first, second, corrected = (
        b"record_id,forename,surname\n1,%s,%s\n" % names
        for names in ((b"Zzada", b"Quillworth"), (b"Zzcai", b"Marrow"), (b"zzcai", b"Yarrow"))
    )
    assert read(first, second)[0].somebody_else_count == 1
    assert read(first, second, corrected)[0].somebody_else_count == 0


def test_birth_dates_that_are_none_are_counted_and_are_no_evidence(read: ReadFile) -> None:
    dates = [
        "2014-05-03",
        "03/05/2014",
        "20140503",
        "3/5/2014",
        "03/5/2014",
        "2014-05-03T00:00:00.000Z",
        "3/5/2014 00:00",
        "03-05-2014",
        "3.5.2014",
        "2014/05/03",
        "3 May 2014",
        "03-may-2014",
        "",
        " ",
        "2014-02-30",
        "31/02/2014",
        "now",
        "infinity",
        "1/1",
        "20149999",
        "03/05/14",
        "31 Feb 2014",
    ]
    content = "record_id,dob\n" + "".join(f"{number},{date}\n" for number, date in enumerate(dates, start=10))
    found, rows = read(content.encode())
    assert [row[3] for row in rows] == ["2014-05-03"] * 12 + [None] * 10
    assert found.unread_counts == {"dob": 8}
    assert read(content.encode(), b"record_id\nlater\n")[0].unread_counts == {}


def test_a_sex_nobody_understands_is_counted_and_one_nobody_knows_is_not(read: ReadFile) -> None:
    sexes = ("M", "Unknown", "9", "N/K", "", "Missing", "Mx")
    content = "record_id,sex\n" + "".join(f"{place},{sex}\n" for place, sex in enumerate(sexes))
    assert read(content.encode())[0].unread_counts == {"sex": 2}


def test_the_records_of_files_have_the_columns_of_the_warehouse_s(
    scratch: Settings, read: ReadFile, staged_council: HandMadeCouncil, tmp_path: Path
) -> None:
    run_dbt(staged_council.settings, selector="identity", full_refresh=True, left_out=("test", "unit_test"))
    with connect(staged_council.settings, role="transformer") as connection:
        built = columns(connection)
    (tmp_path / "people.csv").write_bytes(HEADER)
    with connect(scratch, role="admin") as connection:
        connection.execute("set local role transformer")
        read_person_file(connection, tmp_path / "people.csv", file_no=1, build_no=1, at=MONDAY)
        assert columns(connection) == built
        connection.rollback()


def columns(connection: psycopg.Connection) -> list[tuple[str, str]]:
    return connection.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = 'identity' and table_name = 'int_person_records' order by ordinal_position"
    ).fetchall()


# The command itself


@pytest.fixture
def link(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[str, str]]:
    """Run the command; what it printed, and why it could not be done."""
    monkeypatch.setenv("FRONTDOOR_HOME", str(warehouse.home))
    monkeypatch.setenv("FRONTDOOR_DATABASE_NAME", warehouse.database_name)

    def call(*arguments: object, command: str = "link") -> tuple[str, str]:
        monkeypatch.setattr(sys, "argv", ["frontdoor", command, *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return capsys.readouterr().out, str(ended.value.code or "")

    return call


def scratch_databases(server: Settings) -> int:
    with connect(server, role="admin", database="postgres") as connection:
        [[count]] = connection.execute("select count(*) from pg_database where datname ^@ 'link_'").fetchall()
    return int(count)


def read_csv(path: Path) -> list[dict[str, str]]:
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_fails_its_check_is_counted_by_its_column(link: Callable[..., tuple[str, str]], tmp_path: Path) -> None:
    rows = (
        # As it should be, as nobody knows it, and as it is no evidence.
        (nhs(1), "PE1 1AA", "2014-05-03", ""),
        ("", "", "", ""),
        ("\u00a0", "PE1 1CC", "2014-05-04", ""),
        (" ", "ZZ99 3VZ", "2026-03-03", ""),
        ("UNKNOWN", "somewhere", "0214-05-03", ""),
        (nhs(1)[:-1] + str((int(nhs(1)[-1]) + 1) % 10), "PE1", "2014-02-30", ""),
        # An unborn child bears its mother's number, as it should.
        (nhs(2), "PE1 1AA", "", "2026-06-01"),
    )
    path = tmp_path / "people.csv"
    path.write_text(
        "record_id,nhs_number,postcode,dob,expected_dob\n"
        + "".join(f"{place},{','.join(row)}\n" for place, row in enumerate(rows))
    )
    printed, problem = link(path, "--out", tmp_path / "out", "--as-of", "2026-03-02")
    assert not problem
    assert "fail their check, and so are no evidence: 3 in dob, 2 in nhs_number, 3 in postcode\n" in printed


def test_a_delivery_after_the_other_is_linked_and_a_refused_one_leaves_nothing_behind(
    warehouse: Settings, link: Callable[..., tuple[str, str]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "clusters.1.csv").write_text("of an earlier run, and anybody's to read")
    (out / "clusters.1.csv").chmod(0o644)
    values = {"forename": "Zzada", "surname": "Quillworth", "dob": "2014-05-03", "postcode": "PE1 1AA"}
    named = ",".join(values.values())
    first, second, third = (tmp_path / f"{name}.csv" for name in ("first", "second", "third"))
    first.write_text(
        f"record_id,{','.join(values)}\nr-1,{named}\nr-2,{named}\nr-3,Zzbea,{named[6:]}\nr-4,Z,,2014-13-13,\n"
        "r-6,Zzada,,2019-08-09,PE1 1AA\n"
    )
    second.write_text("record_id,forename\nr-2,Zzada\nr-5,Zzada\n")
    third.write_text(f"record_id,forename\nr-1,{named}\n")
    # Of an earlier run with more files.
    out.mkdir(exist_ok=True)
    (out / "pairs.3.csv").touch()
    before = scratch_databases(warehouse)
    printed, problem = link(first, second, third, "--out", out, "--as-of", "2026-03-02")
    assert problem == f"frontdoor: third.csv at line 2: {RAGGED}; mend the file and try again"
    assert scratch_databases(warehouse) == before
    assert sorted(path.name for path in out.iterdir()) == [
        f"{kind}.{number}.csv" for kind in ("clusters", "pairs") for number in (1, 2)
    ]
    assert not [value for value in PERSONAL if value in (printed + problem).lower()]
    assert "first.csv: 5 records; 4 children so far\n  pairs: 1 linked, 2 too faint to ask about, 2 review\n" in printed
    assert "values that cannot be read or fail their check, and so are no evidence: 1 in dob\n" in printed
    children = {row["record_id"]: row["child_key"] for row in read_csv(out / "clusters.1.csv")}
    assert list(children) == ["r-1", "r-2", "r-3", "r-4", "r-6"]
    assert children["r-1"] == children["r-2"] != children["r-3"]
    pairs = {(row["left"], row["right"]): row for row in read_csv(out / "pairs.1.csv")}
    assert [list(row) for row in pairs.values()] == [
        ["left", "right", "weight", "probability", "decision", "reasons"]
    ] * 5
    assert {pair: (row["decision"], row["reasons"]) for pair, row in pairs.items()} == {
        ("r-1", "r-2"): ("linked", "FORENAME_BIRTH_DATE; forename same; surname same; birth_date same; postcode same"),
        ("r-1", "r-3"): ("review", "TWIN"),
        ("r-2", "r-3"): ("review", "TWIN"),
        # For who would choose a lower threshold.
        ("r-1", "r-6"): ("none", ""),
        ("r-2", "r-6"): ("none", ""),
    }
    weight, probability = (float(pairs["r-1", "r-2"][name]) for name in ("weight", "probability"))
    assert probability == pytest.approx(1 / (1 + 2**-weight), abs=1e-6)
    # A name is all that is known of these now, and links nobody.
    later = {row["record_id"]: row["child_key"] for row in read_csv(out / "clusters.2.csv")}
    assert list(later) == ["r-1", "r-2", "r-3", "r-4", "r-5", "r-6"]
    assert len(set(later.values())) == 6
    assert [(row["left"], row["right"]) for row in read_csv(out / "pairs.2.csv")] == [("r-1", "r-3"), ("r-1", "r-6")]


def test_adoption_markers_nobody_explained_are_said_and_a_spreadsheet_s_nothing_is_nothing(
    link: Callable[..., tuple[str, str]], tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    markers = ("NULL", "n/a", "-", "F", "0.0", "", "PRE", "POST", "POSTED", "1", "unknown")
    rows = [f"r-{number},Zzada,Quillworth,2014-05-03,PE1 1AA,{marker}" for number, marker in enumerate(markers)]
    people.write_text("\n".join(["record_id,forename,surname,dob,postcode,adoption_marker", *rows]) + "\n")
    printed, _ = link(people, "--out", tmp_path / "out")
    assert "  3 records have an adoption marker that says neither PRE nor POST; to be safe they are compared" in printed
    children = {row["record_id"]: row["child_key"] for row in read_csv(tmp_path / "out" / "clusters.1.csv")}
    assert len({children[f"r-{number}"] for number in range(6)}) == 1
    assert len(set(children.values())) == 6


def test_a_file_that_cannot_be_put_in_its_place_is_named(link: Callable[..., tuple[str, str]], tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_bytes(HEADER + ADA)
    (tmp_path / "out" / "clusters.1.csv").mkdir(parents=True)
    _, problem = link(people, "--out", tmp_path / "out")
    assert problem.startswith("frontdoor: clusters.1.csv cannot be written (")
    assert problem.endswith("mend it or name another --out")


def test_a_version_of_weights_nobody_has_and_a_file_that_is_not_there_are_named(
    settings: Settings,
    warehouse: Settings,
    link: Callable[..., tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("FRONTDOOR_DATABASE_NAME", settings.database_name)
    people = tmp_path / "people.csv"
    people.write_bytes(HEADER + ADA)
    before = scratch_databases(warehouse)
    _, problem = link(people, "--out", tmp_path / "out", "--weights", "2031-01-01-1")
    assert problem == "frontdoor: there are no match weights of that name; `frontdoor weights list` shows all"
    _, problem = link(people, tmp_path / "nobody.csv", "--out", tmp_path / "out")
    assert problem == "frontdoor: no such file, or a folder: nobody.csv"
    assert scratch_databases(warehouse) == before
    assert not (tmp_path / "out").exists()


def test_weights_are_trained_on_all_files_since_one_alone_may_hold_each_child_once(
    warehouse: Settings, tmp_path: Path
) -> None:
    whole, one, other = (tmp_path / f"{name}.csv" for name in ("whole", "one", "other"))
    write_person_records(whole, count=1_500, seed=5, has_truth=False)
    header, *lines = whole.read_text(encoding="utf-8").splitlines(keepends=True)
    one.write_text(header + "".join(lines[::2]), encoding="utf-8")
    other.write_text(header + "".join(lines[1::2]), encoding="utf-8")
    model = load_linkage_model(warehouse)
    at_once, in_two = (trained_on(warehouse, paths, model, at=MONDAY) for paths in ([whole], [one, other]))
    assert in_two.prior == pytest.approx(at_once.prior)
    for comparison, levels in at_once.levels.items():
        for level, numbers in levels.items():
            assert in_two.levels[comparison][level] == pytest.approx(numbers), (comparison, level)
    assert in_two.levels["forename"]["same"] != shipped_levels(model)["forename"]["same"]


def test_several_people_may_link_at_once(warehouse: Settings) -> None:
    def began_and_ended(_number: int) -> bool:
        with scratch_warehouse(warehouse) as scratch:
            return scratch.database_name != warehouse.database_name

    before = scratch_databases(warehouse)
    with ThreadPoolExecutor(4) as people:
        assert all(people.map(began_and_ended, range(4)))
    assert scratch_databases(warehouse) == before


def test_who_links_at_once_shares_no_folder_and_a_name_that_is_free_comes_again(warehouse: Settings) -> None:
    with scratch_warehouse(warehouse) as one:
        with scratch_warehouse(warehouse) as other:
            assert one.database_name != other.database_name
            assert one.home != other.home
        with scratch_warehouse(warehouse) as another:
            assert (another.database_name, another.home) == (other.database_name, other.home)


def test_what_is_kept_explains_a_pair_and_can_be_deleted(
    link: Callable[..., tuple[str, str]], tmp_path: Path, warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("record_id,source,forename\nr-1,school,Zzada\nr-2,police,Zzada\n")
    before = scratch_databases(warehouse)
    printed, _ = link(people, "--out", tmp_path / "out", "--keep")
    [name] = re.findall("scratch database (link_[0-9]+)", printed)
    assert f"FRONTDOOR_DATABASE_NAME={name} frontdoor explain" in printed
    monkeypatch.setenv("FRONTDOOR_DATABASE_NAME", name)
    explained, _ = link("school:r-1", "police:r-2", command="explain")
    assert "evidence: too little to link or to ask a person" in explained
    monkeypatch.setenv("FRONTDOOR_DATABASE_NAME", warehouse.database_name)
    refused = link(warehouse.database_name, command="drop-scratch")[1]
    assert refused.startswith("frontdoor: there is no scratch database of that name; there are: ")
    assert name in refused
    with scratch_warehouse(warehouse) as running:
        in_use = link(running.database_name, command="drop-scratch")[1]
    assert in_use.startswith(f"frontdoor: a running `frontdoor link` works in {running.database_name}")
    with connect(warehouse, role="admin", database="postgres", autocommit=True) as connection:
        connection.execute("create database link_9999")
        assert "no scratch database" in link("link_9999", command="drop-scratch")[1]
        connection.execute("drop database link_9999")
    assert link(name, command="drop-scratch") == (f"{name} is deleted\n", "")
    assert scratch_databases(warehouse) == before


def test_nothing_is_kept_of_what_failed(
    link: Callable[..., tuple[str, str]], tmp_path: Path, warehouse: Settings
) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("record_id,forename\nr-1,Zzada\n")
    other.write_text("record_id,forename\nr-1\n")
    before = scratch_databases(warehouse)
    assert "other.csv at line 2" in link(one, other, "--out", tmp_path / "out", "--keep")[1]
    assert scratch_databases(warehouse) == before


@pytest.mark.parametrize("as_of", ["yesterday", "2026-03-09T08:00"])
def test_a_moment_nobody_understands_is_said_so_with_its_option(
    as_of: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["frontdoor", "link", "people.csv", "--out", "out", "--as-of", as_of])
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    told = " ".join(capsys.readouterr().err.split())
    assert "--as-of" in told
    assert "or a day as 2026-03-09" in told


def test_weights_trained_on_few_records_are_said_to_be_worth_little(
    link: Callable[..., tuple[str, str]], tmp_path: Path
) -> None:
    few = tmp_path / "few.csv"
    write_person_records(few, count=900, seed=5, has_truth=False)
    printed, _ = link(few, "--out", tmp_path / "out", "--weights", "train")
    assert "weights trained on 900 records say little; with fewer than 1,000 use --weights default\n" in printed


def test_where_hardly_two_records_are_one_child_s_the_shipped_weights_link(
    link: Callable[..., tuple[str, str]], tmp_path: Path
) -> None:
    """A prior that follows no doubles would shrink until a pair's weight ran over into what the guards read."""
    rows = [
        f"r-{number},Q{number:o}z,Y{number:o}x,{2008 + number % 9}-03-{1 + number % 28:02}," for number in range(1_200)
    ]
    rows += [f"x-1,Thomas,Smith,2012-03-04,{upn(21)}", f"x-2,Thomas,Jones,2012-03-04,{upn(22)}"]
    register = tmp_path / "register.csv"
    register.write_text("\n".join(["record_id,forename,surname,dob,upn", *rows, ""]))
    printed, _ = link(register, "--out", tmp_path / "trained", "--weights", "train")
    assert "too few of the pairs are one child's to learn weights from them" in printed
    link(register, "--out", tmp_path / "shipped")
    for name in ("clusters.1.csv", "pairs.1.csv"):
        assert (tmp_path / "trained" / name).read_bytes() == (tmp_path / "shipped" / name).read_bytes()
    children = [line.partition(",")[2] for line in (tmp_path / "trained/clusters.1.csv").read_text().splitlines()[1:]]
    assert len(set(children)) == len(children) == 1_202
