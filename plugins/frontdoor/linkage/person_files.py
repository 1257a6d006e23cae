"""Reads files of person records, as `frontdoor link` takes them, into a scratch warehouse's int_person_records."""

import csv
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from frontdoor.errors import FrontdoorError

# What a file may hold; a column that is missing is no evidence.
COLUMNS = (
    *("record_id", "source", "nhs_number", "upn", "forename", "middle_names", "surname", "also_known_as", "dob"),
    *("expected_dob", "sex", "address", "postcode", "uprn", "phone", "email", "ethnicity", "restricted_flag"),
    *("adoption_marker", "mother_record_id"),
)
_BLOCK = 1 << 20
_SEPARATORS = re.compile(r"[;|\t]")
# What columns are called, by whoever; a word more in a first line may be a person's.
_WORD = (
    r"(?:id|ids|key|no|number|ref|code|name|names|of|first|last|given|family|middle|maiden|alias|title|date|birth|born|"
    r"dob|age|sex|gender|ethnic|ethnicity|religion|language|nationality|address|line|[0-9]|town|city|county|postal|zip|"
    r"mail|phone|telephone|tel|mobile|nhs|upn|uprn|urn|ssn|flag|type|status|notes?|comments?|agency|school|file|row)"
)
_TELLING = re.compile(rf"{_WORD}(?:[ _-]{_WORD})*")
_LINE = re.compile(r", line (\d+)")


class FileRefused(FrontdoorError):
    """A file of records cannot be read as it is; nothing of it was taken in."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """How many records a file held, how many were known already, and by column how many values could not be read.

    Of those known already some may be somebody else's, by their source or both their names: perhaps two agencies number
    theirs alike.
    """

    record_count: int
    corrected_count: int
    somebody_else_count: int
    unread_counts: dict[str, int]


def read_person_file(
    connection: psycopg.Connection, path: Path, *, file_no: int, build_no: int, at: datetime
) -> FileRead:
    """Bring a file's records into the warehouse as the latest word on each; return how many there were.

    A valid NHS number is taken for a verified one: a file has nowhere to say otherwise, and two of them must then keep
    their records apart. Raises FileRefused, naming file, line and column but no value, for what is not understood.
    """
    columns = _header(path)
    connection.execute("drop table if exists pg_temp.person_file")
    connection.execute(
        sql.SQL("create temporary table person_file (row_no bigint generated always as identity, {})").format(
            sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in COLUMNS)
        )
    )
    try:
        _copy(connection, path, columns)
    except psycopg.Error as error:
        raise _refusal(path, error) from None
    connection.execute("analyze person_file")
    # Spreadsheets end in rows of nothing but commas.
    connection.execute(
        sql.SQL("delete from person_file where concat({}) ~ '^\\s*$'").format(
            sql.SQL(", ").join(map(sql.Identifier, columns))
        )
    )
    # No agency numbers its records so: one that did would replace them.
    connection.execute(
        "update person_file set record_id = %s || row_no where rules.trimmed(record_id) is null", [f"row-{file_no}-"]
    )
    _refuse_repeated_ids(connection, path)
    connection.execute(_PERSON_RECORDS)
    given = {"file_no": file_no, "build_no": build_no, "at": at, "source": path.stem}
    [[corrected, of_somebody_else]] = connection.execute(_CORRECTED).fetchall()
    record_count = connection.execute(_TAKE_IN if file_no == 1 else _TAKE_IN + _replace(columns), given).rowcount
    connection.execute("create unique index if not exists one_row_a_record on identity.int_person_records (record_key)")
    connection.execute("create index if not exists built_in on identity.int_person_records (_built_in)")
    connection.execute("analyze identity.int_person_records")
    [found] = connection.execute(_UNREAD, [build_no]).fetchall()
    unread = {column: count for column, count in zip(_READ_AS, found, strict=True) if count}
    return FileRead(record_count, corrected, of_somebody_else, unread)


def _header(path: Path) -> list[str]:
    """The file's columns in their order; refuses unknown and repeated ones by name."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        raise FileRefused(f"{path.name} cannot be read as CSV in UTF-8; save it so and try again") from None
    columns = [name.strip().lower() for name in found]
    if any("\n" in name or "\r" in name for name in columns):
        raise FileRefused(f"{path.name}: a quote in the header is not closed; mend the first line and try again")
    unknown = [place for place, name in enumerate(columns) if name not in COLUMNS]
    # A first line without a single column we know is a person's record: it is not repeated.
    if not any(part.strip() in COLUMNS for name in columns for part in _SEPARATORS.split(name)):
        unknown, columns = [], []
    elif len(columns) == 1 and _SEPARATORS.search(columns[0]):
        raise FileRefused(f"{path.name}: the columns are not separated by commas; save it as comma-separated CSV")
    if unknown or not columns:
        told = ", ".join(_told(columns, place) for place in unknown)
        problem = f"unknown columns: {told}" if unknown else "there is no header"
        raise FileRefused(f"{path.name}: {problem}; known are {', '.join(COLUMNS)}")
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        raise FileRefused(f"{path.name}: columns given twice: {', '.join(repeated)}")
    return columns


def _told(columns: list[str], place: int) -> str:
    """What a column is called, where that is a column's name and no person's; its place otherwise."""
    name = columns[place]
    is_header = 2 * sum(known in COLUMNS for known in columns) >= len(columns)
    if _TELLING.fullmatch(name) or (is_header and re.fullmatch(r"[a-z][a-z0-9_ .-]{0,30}", name)):
        return name[:40]
    return f"column {place + 1}"


def _copy(connection: psycopg.Connection, path: Path, columns: list[str]) -> None:
    statement = sql.SQL("copy person_file ({}) from stdin (format csv, header)").format(
        sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with path.open("rb") as file, connection.cursor().copy(statement) as copy:
        # Lines may end in two ways, where files were put together.
        block, line_ends = file.read(_BLOCK).removeprefix(b"\xef\xbb\xbf"), b""
        while block:
            # Empty lines at the end are no records; those before it may be part of a quoted field.
            block = (line_ends + block).replace(b"\r\n", b"\n")
            text = block.rstrip(b"\r\n")
            line_ends = block[len(text) :]
            copy.write(text)
            block = file.read(_BLOCK)


def _refusal(path: Path, error: psycopg.Error) -> FileRefused:
    """What is wrong with a line, without what the line says."""
    line = _LINE.search(error.diag.context or "")
    place = f" at line {line[1]}" if line else ""
    problem = {
        "22P04": "a line has another number of fields than the header (an empty one: none), or a quote is not closed",
        "22021": "the text is not UTF-8, or holds a character of value nought",
    }.get(error.sqlstate or "", f"the database refused it ({error.sqlstate})")
    return FileRefused(f"{path.name}{place}: {problem}; mend the file and try again")


def _refuse_repeated_ids(connection: psycopg.Connection, path: Path) -> None:
    repeated = connection.execute(
        "select (array_agg(row_no order by row_no))[1:2] from person_file"
        " group by rules.trimmed(record_id) having count(*) > 1 order by min(row_no) limit 1"
    ).fetchone()
    if repeated:
        [[one, other]] = repeated
        raise FileRefused(f"{path.name}: records {one} and {other} have the same record_id; give each its own")


# The columns are those of the dbt model of that name, which tests hold this to.
_PERSON_RECORDS = """
    create table if not exists identity.int_person_records (
        record_key text,
        person_scope text,
        agency_person_id text,
        nhs_number text,
        is_nhs_number_verified boolean,
        is_nhs_number_withheld boolean,
        upn text,
        forename text,
        middle_names text,
        surname text,
        also_known_as text,
        birth_date date,
        birth_date_precision_code text,
        expected_birth_date date,
        sex_code text,
        ethnicity_code text,
        postcode text,
        uprn text,
        address text,
        phone text,
        email text,
        restricted_code text,
        is_unborn boolean,
        mother_record_key text,
        adoption_marker_code text,
        former_record_key text,
        first_recorded_at timestamptz,
        last_recorded_at timestamptz,
        _built_in bigint,
        _is_retracted boolean
    )
"""
_KEY = "left(encode(sha256(convert_to('file|' || rules.trimmed({}), 'UTF8')), 'hex'), 32)"
# As contracts read dates, and as spreadsheets and people write them: 20140503, 3/5/2014, 3.5.2014, 03-05-2014,
# 2014/05/03, 3 May 2014, 03-May-2014. A year of two figures is not read: 14 may be a day.
_MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATE = (
    "case"
    " when {0} ~ '^\\s*[0-9]{{8}}\\s*$'"
    " then rules.parsed_date(regexp_replace(btrim({0}, e' \\t\\r\\n'), '^(....)(..)(..)$', '\\1-\\2-\\3'))"
    " when {0} ~ '^\\s*[0-9]{{1,2}}([/.-])[0-9]{{1,2}}\\1[0-9]{{4}}\\M'"
    " then rules.parsed_date(regexp_replace(regexp_replace({0}, '^\\s*([0-9]+)[/.-]([0-9]+)[/.-]', '\\1/\\2/'),"
    " '(?<![0-9])([0-9])/', '0\\1/', 'g'))"
    " when {0} ~ '^\\s*[0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}}\\M' then rules.parsed_date(replace({0}, '/', '-'))"
    f" when {{0}} ~* '^\\s*[0-9]{{{{1,2}}}}[ -]{_MONTH}[ -][0-9]{{{{4}}}}\\s*$'"
    " then rules.parsed_date(regexp_replace({0}, '^\\s*([0-9]+)[ -]([A-Za-z]{{3}})[a-z]*[ -]([0-9]+)\\s*$',"
    " '\\3-\\2-' || lpad(substring({0} from '[0-9]+'), 2, '0')))"
    " else rules.parsed_date({0}) end"
)
_SEX = (
    "case when upper(btrim({0}, e' .\\t\\u00a0')) in ('M', 'MALE', 'BOY', 'MAN', '1', '01') then 'M'"
    " when upper(btrim({0}, e' .\\t\\u00a0')) in ('F', 'FEMALE', 'GIRL', 'WOMAN', '2', '02') then 'F' end"
)
_CODE = "upper(rules.trimmed({}))"
_NO = "('0', '0.0', 'N', 'NO', 'NONE', 'F', 'FALSE', 'NULL', 'NIL', 'N/A', 'NA', '-')"
_TAKE_IN = f"""
    -- Each date is read once, however many records bear it.
    with dates as materialized (
        select written, {_DATE.format("written")} as date_read
        from (select dob as written from person_file union select expected_dob from person_file) as given
    ),

    typed as (
        select
            {_KEY.format("record_id")} as record_key,
            lower(coalesce(rules.trimmed(source), %(source)s)) as person_scope,
            rules.trimmed(record_id) as agency_person_id,
            rules.normalised_nhs_number(nhs_number) as nhs_number,
            {_CODE.format("upn")} as upn,
            rules.trimmed(forename) as forename,
            rules.trimmed(middle_names) as middle_names,
            rules.trimmed(surname) as surname,
            rules.trimmed(also_known_as) as also_known_as,
            born.date_read as birth_date,
            expected.date_read as expected_birth_date,
            {_SEX.format("sex")} as sex_code,
            {_CODE.format("ethnicity")} as ethnicity_code,
            rules.normalised_postcode(postcode) as postcode,
            rules.trimmed(uprn) as uprn,
            rules.trimmed(address) as address,
            rules.trimmed(phone) as phone,
            rules.trimmed(email) as email,
            case when {_CODE.format("restricted_flag")} not in {_NO} then {_CODE.format("restricted_flag")} end
                as restricted_code,
            {_KEY.format("mother_record_id")} as mother_record_key,
            case when {_CODE.format("adoption_marker")} not in {_NO} then {_CODE.format("adoption_marker")} end
                as adoption_marker_code
        from person_file
        left join dates as born on person_file.dob = born.written
        left join dates as expected on person_file.expected_dob = expected.written
    )

    insert into identity.int_person_records as earlier
    select
        record_key, person_scope, agency_person_id, nhs_number, rules.nhs_number_is_valid(nhs_number), false, upn,
        forename, middle_names, surname, also_known_as, birth_date, null, expected_birth_date, sex_code,
        ethnicity_code, postcode, uprn, address, phone, email, restricted_code,
        birth_date is null and (expected_birth_date is not null or coalesce(forename ~* '^unborn\\M', false)),
        mother_record_key, adoption_marker_code, null, %(at)s + make_interval(secs => %(file_no)s), %(at)s,
        %(build_no)s, false
    from typed
"""
_CORRECTED = f"""
    select
        count(*),
        count(*) filter (
            where lower(rules.trimmed(person_file.source)) <> known.person_scope
                or (
                    lower(rules.trimmed(person_file.forename)) <> lower(known.forename)
                    and lower(rules.trimmed(person_file.surname)) <> lower(known.surname)
                )
        )
    from person_file
    inner join identity.int_person_records as known on {_KEY.format("person_file.record_id")} = known.record_key
"""
# A correction is all that is known of a record, but a file without such a column does not take back what protects.
_PROTECTIONS = {
    "source": "person_scope",
    "restricted_flag": "restricted_code",
    "mother_record_id": "mother_record_key",
    "adoption_marker": "adoption_marker_code",
}
_LATEST = (
    *("nhs_number", "is_nhs_number_verified", "upn", "forename", "middle_names", "surname", "also_known_as"),
    *("birth_date", "expected_birth_date", "sex_code", "ethnicity_code", "postcode", "uprn", "address", "phone"),
    *("email", "is_unborn", "last_recorded_at", "_built_in"),
)


def _replace(columns: list[str]) -> str:
    """The first word on a record fixes when it was first heard of; all else is the latest."""
    protections = [held for column, held in _PROTECTIONS.items() if column in columns]
    return " on conflict (record_key) do update set " + ", ".join(
        f"{held} = excluded.{held}" for held in (*_LATEST, *protections)
    )


# The columns whose values are read, and what as.
_READ_AS = {"dob": "birth_date", "expected_dob": "expected_birth_date", "sex": "sex_code"}
# Said by those who know that nobody knows.
_UNKNOWN_SEX = "'^\\s*(u|x|i|n|n/?k|-|9|0|unknown|not .*|indeterminate|other)\\s*$'"
_GIVEN = {**dict.fromkeys(_READ_AS, "true"), "sex": f"{_SEX.format('sex')} is not null or sex !~* {_UNKNOWN_SEX}"}
# What was given less what was read: a date is not read twice.
_UNREAD = "select {} from ({}) as given cross join ({}) as taken".format(
    ", ".join(f"given.{column} - taken.{column}" for column in _READ_AS),
    "select {} from person_file".format(
        ", ".join(
            f"count(*) filter (where rules.trimmed({column}) is not null and ({is_given})) as {column}"
            for column, is_given in _GIVEN.items()
        )
    ),
    "select {} from identity.int_person_records where _built_in = %s".format(
        ", ".join(f"count({held}) as {column}" for column, held in _READ_AS.items())
    ),
)
