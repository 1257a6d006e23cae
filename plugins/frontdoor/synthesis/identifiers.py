"""Identifiers that belong to nobody: NHS numbers of the reserved 999 range, UPNs, postcodes, UPRNs."""

from collections.abc import Iterator
from random import Random

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"

# Postcode districts and the council they are (mostly) in, with how many of 1,000 children live there.
PETERBOROUGH, CAMBRIDGESHIRE = "874", "873"
_DISTRICTS = {
    PETERBOROUGH: {"PE1": 260, "PE2": 230, "PE3": 140, "PE4": 130, "PE5": 15, "PE6": 90, "PE7": 110},
    CAMBRIDGESHIRE: {"PE8": 4, "PE13": 4, "PE15": 3, "PE16": 2, "PE19": 3, "PE26": 2, "PE27": 2, "PE28": 2, "PE29": 3}
    | {f"CB{number}": 1 for number in range(1, 26)},
}
LA_BY_DISTRICT = {district: la for la, districts in _DISTRICTS.items() for district in districts}


def nhs_check_digit(first_nine: str) -> int | None:
    """The tenth digit, or None where no number with these nine exists."""
    remainder = sum(int(digit) * weight for digit, weight in zip(first_nine, range(10, 1, -1), strict=True)) % 11
    check = (11 - remainder) % 11
    return None if check == 10 else check


def nhs_numbers(random: Random) -> Iterator[str]:
    """Every number of the 999 range at most once, in an order that looks like none."""
    start, step = random.randrange(1_000_000), random.randrange(100_003, 899_999, 2)
    while step % 5 == 0:
        step += 2
    for position in range(1_000_000):
        first_nine = f"999{(start + position * step) % 1_000_000:06d}"
        check = nhs_check_digit(first_nine)
        if check is not None:
            yield f"{first_nine}{check}"


def broken_nhs_number(number: str) -> str:
    """The number with a check digit that cannot be right."""
    return f"{number[:9]}{(int(number[9]) + 1) % 10}"


def upn(la_code: str, *, school: int, year: int, serial: int) -> str:
    """A unique pupil number with its check letter."""
    digits = f"{la_code}{school:04d}{year % 100:02d}{serial % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(2, 14), strict=True))
    return _UPN_LETTERS[total % 23] + digits


def postcode(random: Random, la_code: str) -> str:
    """A well-formed postcode in one of the council's districts."""
    districts = _DISTRICTS[la_code]
    district = random.choices(list(districts), weights=list(districts.values()))[0]
    return f"{district} {random.randrange(1, 10)}{random.choice(_INWARD_LETTERS)}{random.choice(_INWARD_LETTERS)}"


def la_of_postcode(code: str) -> str | None:
    """The council a postcode lies in, by its district."""
    return LA_BY_DISTRICT.get(code.split(" ")[0])
