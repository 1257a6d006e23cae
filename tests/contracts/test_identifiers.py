"""The rules' own functions: right by other people's reckoning, and never an error whatever they are given."""

from datetime import UTC, date, datetime, timedelta, timezone

import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from stdnum.gb import nhs, upn

pytestmark = pytest.mark.postgres
# One database serves all examples: the functions only look at what they are given.
in_batches = examples(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

digits = st.text("0123456789", min_size=9, max_size=9)
nhs_numbers = st.one_of(
    digits.map(lambda nine: nine + next((last for last in "0123456789" if nhs.is_valid(nine + last)), "0")),
    st.text("0123456789", min_size=9, max_size=11),
    st.sampled_from(["999 000 0018", "999-000-0026", "9990000019", "999000001X", ""]),
)
serials = st.tuples(st.sampled_from(["874", "873"]), st.text("0123456789", min_size=8, max_size=8))
last_characters = st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUVWXYZIOS")
unfinished_upns = st.tuples(serials, last_characters).map(lambda parts: "".join(parts[0]) + parts[1])
upns = st.one_of(
    unfinished_upns.filter(lambda twelve: twelve[-1] not in "IOS").map(
        lambda twelve: upn.calc_check_digit(twelve) + twelve
    ),
    unfinished_upns.map(lambda twelve: "U" + twelve),
    st.sampled_from(["U874200123001", "a874200123001", "U87420012300", "I874299000001"]),
)
anything = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


def answers(connection: psycopg.Connection, expression: str, values: list[str]) -> list[object]:
    """What an expression over `value` says of each value."""
    query = f"select {expression} from unnest(%s::text[]) with ordinality as given (value, nth) order by nth"
    return [row[0] for row in connection.execute(query.encode(), [values])]


@in_batches
@given(st.lists(nhs_numbers, min_size=50, max_size=50))
def test_nhs_numbers_are_judged_as_by_the_public_library(admin: psycopg.Connection, values: list[str]) -> None:
    # The library lets ten equal digits pass.
    expected = [nhs.is_valid(value) and len(set(nhs.compact(value))) > 1 for value in values]

    assert answers(admin, "rules.nhs_number_is_valid(value)", values) == expected


def test_ten_equal_digits_are_nobodys_nhs_number(admin: psycopg.Connection) -> None:
    assert answers(admin, "rules.nhs_number_is_valid(value)", [digit * 10 for digit in "0123456789"]) == [False] * 10


@in_batches
@given(st.lists(upns, min_size=50, max_size=50))
def test_upns_are_judged_as_by_the_public_library(admin: psycopg.Connection, values: list[str]) -> None:
    assert answers(admin, "rules.upn_is_valid(value)", values) == [upn.is_valid(value) for value in values]


@pytest.mark.parametrize(
    ("value", "is_valid"),
    [
        ("PE1 1HF", True),
        ("pe11hf", True),
        (" SW1A 1AA ", True),
        ("GIR 0AA", True),
        ("ZZ99 3VZ", True),
        ("ZZ993WZ", True),
        ("ZZ99 3XX", False),
        ("PE1 1H", False),
        ("PE1 1CF", False),
        ("QE1 1HF", False),
        ("", False),
    ],
)
def test_postcodes(admin: psycopg.Connection, value: str, *, is_valid: bool) -> None:
    assert answers(admin, "rules.postcode_is_valid(value)", [value]) == [is_valid]


@in_batches
@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Z]{1,2}[0-9][0-9A-Z]?", fullmatch=True).filter(lambda outward: len(outward) <= 4),
            st.from_regex(r"[0-9][A-Z]{2}", fullmatch=True),
            st.sampled_from(["", " ", "  ", "\t", "\u00a0"]),
            st.sampled_from(["{}", " {}", "{} ", "\u00a0{}\n"]),
            st.booleans(),
        ),
        min_size=50,
        max_size=50,
    )
)
def test_a_postcode_is_one_however_it_is_spaced(
    admin: psycopg.Connection, written: list[tuple[str, str, str, str, bool]]
) -> None:
    spellings = [
        around.format(outward + between + inward).lower() if is_small else around.format(outward + between + inward)
        for outward, inward, between, around, is_small in written
    ]

    found = answers(admin, "rules.normalised_postcode(value)", spellings)

    assert found == [f"{outward} {inward}" for outward, inward, *_ in written]
    assert answers(admin, "rules.normalised_postcode(value)", [str(postcode) for postcode in found]) == found


@in_batches
@given(
    st.lists(
        st.one_of(
            st.dates(min_value=date(1, 1, 1)).map(lambda day: day.isoformat()),
            st.from_regex(r"[0-9]{4}-[0-3][0-9]-[0-3][0-9]", fullmatch=True),
        ),
        min_size=50,
        max_size=50,
    ),
    st.sampled_from(["{}", " {}", "{}\n", "{} 00:00"]),
)
def test_a_day_is_read_as_the_calendar_has_it_or_not_at_all(
    admin: psycopg.Connection, days: list[str], written: str
) -> None:
    spellings = [written.format(day) for day in days]

    assert answers(admin, "rules.parsed_date(value)", spellings) == [day_of(text) for text in days]


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@in_batches
@given(
    st.lists(
        st.datetimes(
            min_value=datetime(1900, 1, 2),  # noqa: DTZ001 - the strategy adds the zone
            max_value=datetime(2099, 12, 30),  # noqa: DTZ001
            timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
        ).map(lambda moment: moment.replace(second=0, microsecond=0)),
        min_size=20,
        max_size=20,
    )
)
def test_moments_are_read_in_every_spelling_agreed(admin: psycopg.Connection, moments: list[datetime]) -> None:
    in_utc = [moment.astimezone(UTC) for moment in moments]
    spellings = {
        "%Y-%m-%dT%H:%M:%S%z": moments,
        "%Y-%m-%dT%H:%M": in_utc,
        "%Y-%m-%d %H:%M:%S": in_utc,
        "%d/%m/%Y %H:%M": in_utc,
        "%Y-%b-%d %H:%M:%S": in_utc,
    }

    for spelling, given_moments in spellings.items():
        texts = [moment.strftime(spelling) for moment in given_moments]
        assert answers(admin, "rules.parsed_timestamp(value, 'UTC')", texts) == moments, spelling
        dates = [moment.date() for moment in given_moments]
        assert answers(admin, "rules.parsed_date(value)", texts) == dates, spelling


@pytest.mark.parametrize(
    "value",
    ["now", "infinity", "today", "epoch", "31/02/2026", "2026-13-01", "46083", "3/2/2026", "2026-03-01T25:00", ""],
)
def test_what_is_no_date_is_not_read_as_one(admin: psycopg.Connection, value: str) -> None:
    assert answers(admin, "rules.parsed_timestamp(value, 'Europe/London')", [value]) == [None]


def test_local_time_is_read_with_the_clock_of_that_day(admin: psycopg.Connection) -> None:
    moments = answers(admin, "rules.parsed_timestamp(value, 'Europe/London')", ["2026-03-28 12:00", "29/03/2026 12:00"])

    assert moments == [
        datetime(2026, 3, 28, 12, tzinfo=UTC),
        datetime(2026, 3, 29, 11, tzinfo=UTC),
    ]
    assert answers(admin, "rules.parsed_date(value)", ["2026-03-28T23:30+00:00"]) == [date(2026, 3, 28)]


@pytest.mark.parametrize(
    ("value", "other", "is_before"),
    [
        ("2026-03-02T09:00Z", "2026-03-02T09:01Z", True),
        ("2026-03-02T09:00Z", "2026-03-02T09:00+00:00", False),
        ("2026-03-02", "2026-03-02T09:00Z", False),
        ("2026-03-01", "2026-03-02T00:00Z", True),
        ("2026-03-02T09:00Z", "03/03/2026", True),
        ("not a time", "2026-03-02T09:00Z", False),
        (None, "2026-03-02T09:00Z", False),
    ],
)
def test_days_are_compared_as_days(
    admin: psycopg.Connection, value: str | None, other: str, *, is_before: bool
) -> None:
    found = admin.execute("select rules.is_before(%s, %s, 'Europe/London')", [value, other]).fetchone()

    assert found == (is_before,)


@in_batches
@given(st.lists(anything, min_size=20, max_size=20))
def test_no_function_raises_whatever_it_is_given(admin: psycopg.Connection, values: list[str]) -> None:
    functions = admin.execute(
        "select oid::regproc::text, proargtypes::regtype[]::text[] from pg_proc"
        " where pronamespace = 'rules'::regnamespace"
    ).fetchall()
    assert len(functions) >= 15
    for name, types in functions:
        arguments = ", ".join("array['Y']" if kind == "text[]" else "value" for kind in types)
        if "timestamp" in name or name.endswith("is_before"):
            arguments = ", ".join(["value"] * (len(types) - 1) + ["'Europe/London'"])
        assert len(answers(admin, f"{name}({arguments})", values)) == len(values)
