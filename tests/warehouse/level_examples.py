"""Two records for every level of every comparison: a pair that has it, and one that only just misses it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.warehouse.link_situations import nhs, upn


@dataclass(frozen=True, slots=True)
class Example:
    """Two records, the level one comparison has, and the level it narrowly misses."""

    comparison: str
    level: str
    left: Mapping[str, str]
    right: Mapping[str, str]
    misses: str


def examples(comparison: str, column: str, *pairs: tuple[str, str, str, str]) -> list[Example]:
    """Pairs of values of one column, each with its level and the level it misses."""
    return [Example(comparison, level, {column: left}, {column: right}, misses) for left, right, level, misses in pairs]


def two_names(comparison: str, level: str, left: str, right: str, *, misses: str) -> Example:
    """Each side as a forename, a surname and perhaps another name the person goes by."""
    columns = ("forename", "surname", "also_known_as")
    one, other = (dict(zip(columns, side.split(" / "), strict=False)) for side in (left, right))
    return Example(comparison, level, one, other, misses)


def expected(level: str, left: str, right: str, *, misses: str) -> Example:
    """Two days on which a child was expected, or, marked with a star, born."""
    one, other = ({"dob": day[1:]} if day[0] == "*" else {"expected_dob": day} for day in (left, right))
    return Example("birth_date", level, one, other, misses)


EXAMPLES = [
    *examples(
        "nhs_number", "nhs_number",
        (nhs(901), f"{nhs(901)[:3]} {nhs(901)[3:6]}-{nhs(901)[6:]}", "same", "other"),
        (nhs(902), nhs(903), "other", "same"),
        (nhs(904), nhs(905), "other", "none"),
        (nhs(906), "", "none", "other"),
        # A check digit that fails, and ten equal digits.
        (nhs(907), nhs(907)[:9] + str((int(nhs(907)[9]) + 1) % 10), "none", "same"),
        ("9999999999", "9999999999", "none", "same"),
    ),
    *examples(
        "upn", "upn",
        (upn(901), upn(901).lower(), "same", "other"),
        (upn(902), upn(903), "other", "same"),
        (upn(904), upn(905), "other", "none"),
        (upn(906), "", "none", "other"),
        ("A" + upn(907)[1:], "A" + upn(907)[1:], "none", "same"),
    ),
    *examples(
        "forename", "forename",
        ("Zadumel", "ZÁDU-MEL", "same", "alike"),
        ("Zadumel", "Zadumels", "alike", "same"),
        # Another spelling that nobody has is no form of the name.
        ("Elizabeth", "Beth", "nickname", "partly"),
        ("Elizabeth", "Elizabth", "alike", "nickname"),
        ("Zada", "Zaba", "alike", "other"),
        ("Zad", "Zab", "other", "alike"),
        # The same consonants, and one other.
        ("Zadumel", "Zodimal", "alike", "other"),
        ("Zadumel", "Zodimar", "other", "alike"),
        # Two neighbours that changed places are one slip; two letters further apart are two.
        ("Zadmul", "Zamdul", "alike", "partly"),
        ("Zdum", "Zdmu", "alike", "other"),
        ("Kadmuz", "Zadmuk", "partly", "alike"),
        ("Zdu", "Zud", "other", "alike"),
        ("Zadume", "Zatune", "partly", "alike"),
        ("Zadum", "Zatun", "other", "partly"),
        ("Zadumel", "Zatuner", "other", "partly"),
        ("Zad", "Zoad", "other", "alike"),
        ("Zadum", "Zatume", "other", "partly"),
        ("Zad", "Zadumel", "partly", "initial"),
        ("Za", "Zadumel", "other", "partly"),
        ("Z", "Zadumel", "initial", "partly"),
        ("Z", "Z", "initial", "same"),
        ("Z", "", "none", "initial"),
        ("Y", "Zadumel", "other", "initial"),
        ("Unknown", "Unknown", "none", "same"),
        ("Z", "Zadumel", "initial", "none"),
        ("Zadumel", "Quorbinta", "other", "swapped"),
        ("Zadumel", "Zadumelinda", "partly", "other"),
    ),
    two_names("forename", "nickname", "Zadumel / Quorbin", "Evelta / Quorbin / Zadumel Quorbin", misses="other"),
    two_names("forename", "other", "Zadumel / Quorbin", "Evelta / Quorbin / Zadumels Quorbin", misses="nickname"),
    two_names("forename", "swapped", "Zadumel / Quorbin", "Quorbin / Zadumel", misses="other"),
    two_names("forename", "other", "Zadumel / Quorbin", "Evelta / Zadumel", misses="swapped"),
    two_names("surname", "swapped", "Zadumel / Quorbin", "Quorbin / Zadumel", misses="other"),
    two_names("surname", "other", "Quorbin / Zadumel", "Zadumel / Evelta", misses="swapped"),
    two_names("surname", "half", "Evelta / Zadumel", "Evelta / Quorbin / Evelta Zadumel", misses="other"),
    two_names("surname", "other", "Evelta / Zadumel", "Evelta / Quorbin / Zadumel Evelta", misses="half"),
    *examples(
        "surname", "surname",
        ("O'Zadu Mel", "ozadu-MÉL", "same", "half"),
        ("Zadumel", "Zadumels", "alike", "same"),
        ("Zadumel-Quorbin", "Zadumel", "half", "other"),
        ("Quorbin", "Zadumel-Quorbin", "half", "other"),
        ("Ibn Quorbin", "Quorbin", "half", "other"),
        ("Zan-Quorbin", "Pel Quorbin", "half", "other"),
        ("Quorbin-Zan", "Quorbin-Pel", "other", "half"),
        ("Li-Quorbin", "Li", "other", "half"),
        ("Zada", "Zaba", "alike", "other"),
        ("Zad", "Zab", "other", "alike"),
        ("Zadumel", "Zodimal", "alike", "other"),
        ("Zadumel", "Zodimar", "other", "alike"),
        # Two neighbours that changed places are one slip; two letters further apart are two.
        ("Zadmul", "Zamdul", "alike", "partly"),
        ("Zdum", "Zdmu", "alike", "other"),
        ("Kadmuz", "Zadmuk", "partly", "alike"),
        ("Zdu", "Zud", "other", "alike"),
        ("Zadume", "Zatune", "partly", "alike"),
        ("Zadum", "Zatun", "other", "partly"),
        ("Zadumel", "Zatuner", "other", "partly"),
        ("Zad", "Zoad", "other", "alike"),
        ("Zadum", "Zatume", "other", "partly"),
        ("Zadumel", "Zatunel", "partly", "other"),
        ("Zadumel", "Zadumelinda", "other", "partly"),
        ("Zadumel", "Z", "none", "other"),
        ("Zadumel", "Za", "other", "none"),
    ),
    *examples(
        "birth_date", "dob",
        ("2014-05-03", "03/05/2014", "same", "month"),
        ("2012-02-29", "20120229", "same", "close"),
        ("2014-01-01", "2014-01-01", "month", "same"),
        ("2014-01-01", "2014-01-15", "month", "close"),
        ("2014-01-02", "2014-01-15", "close", "month"),
        ("2014-01-01", "2014-02-15", "year", "month"),
        ("2014-05-03", "2014-03-05", "swapped", "year"),
        ("2014-05-03", "2013-03-05", "other", "swapped"),
        ("2014-05-03", "2014-05-21", "close", "year"),
        ("2014-05-13", "2014-09-13", "close", "year"),
        ("2014-05-13", "2004-05-13", "close", "other"),
        # Ten days, and eleven: within a year, and over a new year.
        ("2014-05-28", "2014-06-07", "close", "year"),
        ("2014-05-28", "2014-06-08", "year", "close"),
        ("2013-12-28", "2014-01-07", "close", "other"),
        ("2013-12-28", "2014-01-08", "other", "close"),
        ("2012-02-29", "2011-02-28", "other", "close"),
        ("2014-02-14", "2014-11-03", "year", "other"),
        ("2014-12-31", "2015-11-03", "other", "year"),
        ("2014-05-03", "", "none", "other"),
        ("1900-01-02", "2014-05-03", "other", "none"),
        ("1900-01-01", "1900-01-01", "none", "month"),
        # The day of the delivery, and the day after it.
        ("2026-03-02", "2026-03-02", "same", "none"),
        ("2026-03-03", "2026-03-03", "none", "same"),
    ),
    expected("expected_day", "2026-06-01", "2026-06-01", misses="expected"),
    expected("expected", "2026-06-01", "2026-06-02", misses="expected_day"),
    expected("expected", "2026-02-01", "*2026-02-01", misses="expected_day"),
    # Six weeks, and a day more.
    expected("expected", "2025-12-01", "*2026-01-12", misses="other"),
    expected("other", "2025-12-01", "*2026-01-13", misses="expected"),
    expected("expected", "2026-06-01", "2026-04-20", misses="other"),
    expected("other", "2026-06-01", "2026-04-19", misses="expected"),
    *examples(
        "sex", "sex",
        ("F", "2", "same", "other"),
        ("M", "F", "other", "same"),
        ("male", "1", "same", "none"),
        ("F", "U", "none", "same"),
        ("F", "1", "other", "none"),
        ("", "M", "none", "other"),
    ),
    *examples(
        "postcode", "postcode",
        ("PE1 1AA", "pe11aa", "same", "alike"),
        ("PE1 1AA", "PE1 1AB", "alike", "same"),
        ("PE1 1AA", "PE11 1AA", "alike", "other"),
        ("PE1 1AA", "PE1 1BB", "district", "alike"),
        ("PE1 1AA", "PE1 9ZZ", "district", "other"),
        ("PE1 1AA", "PE2 9ZZ", "other", "district"),
        ("ZZ99 3VZ", "ZZ99 3VZ", "none", "same"),
        ("PE1 1AA", "", "none", "other"),
        ("PE1 1AA", "ZA9 9AA", "other", "none"),
    ),
    *examples(
        "middle_names", "middle_names",
        ("Zmay Rosel", "ZMAY-ROSEL", "same", "partly"),
        ("Zmay", "Zmay Rosel", "partly", "same"),
        ("Rosel", "Zmay Rosel", "other", "partly"),
        ("Zmay", "Zmae", "other", "same"),
        ("Zm", "Zmay", "partly", "none"),
        ("Z", "Zmay", "initial", "partly"),
        ("Z", "z.", "initial", "same"),
        ("Z", "Qmay", "other", "initial"),
        ("", "Z", "none", "initial"),
        ("Zmay", "Zmayo", "partly", "other"),
    ),
    *examples(
        "address", "address",
        ("12 Quorbin Street", "12, QUORBIN STREET", "same", "alike"),
        ("12 Quorbin Street", "12 Quorbin Str", "alike", "same"),
        ("12 Quorbin Street", "12 Quorbin St", "other", "alike"),
        ("1 Zadumel", "1 Zabumel", "alike", "other"),
        ("1 Zadume", "1 Zabume", "other", "alike"),
        ("1 Zadume", "1 Zadumel", "other", "alike"),
        ("1 Za B", "1 Za B", "none", "same"),
        ("1 Zad B", "1 Zad B", "same", "none"),
        ("Not known", "Not known", "none", "same"),
        ("12 Quorbin Street", "12 Zquorbin Street", "alike", "other"),
    ),
    *examples(
        "address", "uprn",
        ("100012345678", "100012345678", "same", "none"),
        ("010001234567", "10001234567", "same", "other"),
        # Next door, and no slip of the pen.
        ("100012345678", "100012345679", "other", "alike"),
        ("000000000000", "000000000000", "none", "same"),
        ("123", "123", "none", "same"),
        ("100012345678.0", "100012345678", "same", "none"),
    ),
    Example(
        "address", "same", {"uprn": "100012345678"}, {"address": "UPRN 0100012345678"}, misses="other"
    ),
    *examples("address", "address", ("Upr Norwood Road 3", "Upr Norwood Rd 3", "alike", "none")),
    Example(
        "address", "none", {"uprn": "100012345678"}, {"uprn": "100012345678", "address": "12 Quorbin Street"},
        misses="other",
    ),
    Example(
        "address", "same", {"uprn": "100012345678", "address": "Unknown"}, {"uprn": "100012345678"}, misses="none"
    ),
    *examples(
        "phone", "phone",
        ("01632 960901", "+44 (1632) 960-901", "same", "other"),
        ("01632 960902", "01632 960903", "other", "same"),
        ("0163290", "0163291", "other", "none"),
        ("016329", "016329", "none", "same"),
        ("0000000000", "0000000000", "none", "other"),
    ),
    *examples(
        "email", "email",
        ("zada@example.com", " Zada@EXAMPLE.com", "same", "other"),
        ("zada@example.com", "zadu@example.com", "other", "same"),
        ("zada@example", "zadu@example", "other", "none"),
        ("zada.example.com", "zada.example.com", "none", "same"),
        ("", "zada@example.com", "none", "other"),
    ),
]  # fmt: skip
