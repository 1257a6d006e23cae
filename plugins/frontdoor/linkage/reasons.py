"""Why a pair waits for a person, in words; in the order in which equal harm is worked through."""

# Twins last: the two are nearly always two children, and who compares them decides it at a glance.
REASONS = {
    "CONFIRMATION": "a decision about a restricted child waits for a second person",
    "NHS_CONFLICT": "two different verified NHS numbers",
    "NHS_DIFFERS": "two different NHS numbers, not both of them verified",
    "MOTHERS_NHS": "a mother and her child",
    "NAME_BIRTH_CONFLICT": "an identifier agrees, and the names and birth date contradict it",
    "UNBORN_BORN": "a child expected and a child born to the same mother",
    "UNBORN": "one is not born yet and the other is",
    "SEX_CONFLICT": "a girl's and a boy's record",
    "RESTRICTED": "a restricted child's record; only people link those",
    "PARENT_AND_CHILD": "born twelve or more years apart: perhaps a parent and a child",
    "IDENTIFIERS_CONTRADICTED": "identifiers differ, and so do the names or the birth date",
    "CONTRADICTED": "other records of the same group contradict it",
    "CHAIN": "a chain of records that grew too long",
    "PERSON": "a person keeps the two, or others of the same group, apart",
    "ONE_PER_SOURCE": "both from a source that has each child once",
    "NAME_CONFLICT": "much agrees, but the forename or the surname is another",
    "BIRTH_DATE_CONFLICT": "much agrees, but the birth date is another",
    "BIRTH_DATE_GUESSED": "one of the birth dates is a guess",
    "BIRTH_DATE_MISSING": "no birth date to go by",
    "NAME_BIRTH_ONLY": "nothing but the names and the birth date agree",
    "FORENAME_MISSING": "no forename, or only an initial, to tell brothers and sisters apart by",
    "UNCERTAIN": "much agrees, and not enough",
    "TWIN": "perhaps twins: forename or middle names differ, and little else",
}
TWIN = "TWIN"


def reason_in_words(code: str | None) -> str:
    """Return the words for a reason; a reason without words of its own is its code in small letters."""
    return REASONS.get(code or "", (code or "no reason noted").replace("_", " ").lower())
