"""What makes records one child and what keeps them apart: each rule, veto and boundary as a handful of records."""

from dataclasses import dataclass

Values = dict[str, str]

FEEDS = {
    "council": "council__contacts",
    "list": "council__persons",
    "police": "police__missing_episodes",
    "health": "health__check_responses",
    "school": "portal__sent_referrals",
}
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Record:
    """One agency's record; `held` are the fields a broken rule made unbelievable."""

    agency: str
    values: Values
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """Records, and the children they are: which records (by place) belong together."""

    name: str
    records: tuple[Record, ...]
    children: tuple[tuple[int, ...], ...]
    decisions: frozenset[tuple[str, str, str | None]] = frozenset()


def nhs(number: int) -> str:
    """The number-th valid NHS number of the range reserved for tests (a few bases have none and move on)."""
    digits = f"999{number:06d}"
    check = (11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11) % 11
    return nhs(number + 500_000) if check == 10 else f"{digits}{check}"


def upn(number: int) -> str:
    """The number-th valid UPN of the council's own schools."""
    body = f"874{number:09d}"
    total = sum(int(d) * w for d, w in zip(body, range(2, 14), strict=True))
    return UPN_LETTERS[total % 23] + body


def record(agency: str, child: Values, /, *, held: tuple[str, ...] = (), **changes: str) -> Record:
    """The child as the agency wrote it down, with what it wrote differently; an empty text is left out."""
    return Record(agency, {name: value for name, value in {**child, **changes}.items() if value}, held)


def verified(number: int) -> Values:
    """A traced NHS number."""
    return {"nhs_number": nhs(number), "nhs_status": "VERIFIED"}


# Not a name anybody has.
ADA: Values = {"forename": "Zzada", "surname": "Quillworth", "dob": "2014-05-03", "sex": "F", "postcode": "PE1 1AA"}
BEA: Values = {**ADA, "forename": "Zzbea"}
STRANGER: Values = {"forename": "Zzuno", "surname": "Marrowby", "dob": "2011-09-21", "sex": "F", "postcode": "PE2 5XX"}

# Replaced by each other when a situation moves to its own home.
SWAPPED = "(swapped)"
ONE, TWO = ((0, 1),), ((0,), (1,))
THREE_APART = ((0,), (1,), (2,))


def linked(rule: str) -> frozenset[tuple[str, str, str | None]]:
    """The decisions of a pair that is one child."""
    return frozenset({("linked", rule, None)})


def vetoed(rule: str, veto: str) -> frozenset[tuple[str, str, str | None]]:
    """The decisions of a pair that was found and kept apart."""
    return frozenset({("vetoed", rule, veto)})


def for_a_person(rule: str, reason: str) -> frozenset[tuple[str, str, str | None]]:
    """The decisions of a pair that stays apart until a person has looked."""
    return frozenset({("review", rule, reason)})


NOTHING_FOUND: frozenset[tuple[str, str, str | None]] = frozenset()

SITUATIONS = (
    # -- names, birth date and postcode
    Situation(
        "same_name_birth_date_and_postcode_is_one_child",
        (record("police", ADA), record("school", ADA)),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "accents_case_hyphens_and_spaces_make_no_other_name",
        (
            record("police", ADA, forename="ZZADÁ-ŁI", surname="O'QUILL WORTH"),
            record("school", ADA, forename="zzada li", surname="oquill-worth"),
        ),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "same_name_and_birth_date_alone_is_not_one_child",
        (record("police", ADA), record("school", ADA, postcode="PE3 9ZZ")),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "NAME_BIRTH_ONLY"),
    ),
    Situation(
        "same_name_and_postcode_but_another_birth_date_is_not_one_child",
        (record("police", ADA), record("school", ADA, dob="2011-11-24")),
        TWO,
        vetoed("POSTCODE_FORENAME", "BIRTH_DATE_CONFLICT"),
    ),
    Situation(
        "a_slip_in_the_birth_date_is_outweighed_by_name_and_postcode",
        (record("police", ADA), record("school", ADA, dob="2014-05-04")),
        ONE,
        linked("NAME_BIRTH_MONTH"),
    ),
    Situation(
        "a_full_name_does_not_outweigh_another_day_of_birth_at_no_known_home",
        (
            record("police", ADA, middle_names="Zzmay"),
            record("school", ADA, middle_names="Zzmay", dob="2014-05-04", postcode=""),
        ),
        TWO,
        for_a_person("NAME_BIRTH_MONTH", "NAME_BIRTH_ONLY"),
    ),
    Situation(
        "day_and_month_that_changed_places_are_outweighed_by_name_and_postcode",
        (record("police", ADA), record("school", ADA, dob="2014-03-05")),
        ONE,
        linked("NAME_BIRTH_DATE_SWAPPED"),
    ),
    Situation(
        "forename_and_surname_that_changed_places_are_one_child",
        (record("police", ADA), record("school", ADA, forename=SWAPPED, surname=SWAPPED)),
        ONE,
        linked("POSTCODE_BIRTH_DATE"),
    ),
    Situation(
        "a_short_form_of_the_forename_is_the_same_child",
        (record("police", ADA, forename="Elizabeth"), record("school", ADA, forename="Beth")),
        ONE,
        linked("SURNAME_BIRTH_DATE"),
    ),
    Situation(
        "a_short_form_on_another_record_of_the_same_agency_may_be_a_twin",
        (record("police", ADA, forename="Katherine"), record("police", ADA, forename="Katie")),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "TWIN"),
    ),
    Situation(
        "a_short_form_on_another_record_of_the_same_agency_is_the_same_child_when_the_middle_name_fits",
        (
            record("police", ADA, forename="Katherine", middle_names="Zzmay"),
            record("police", ADA, forename="Katie", middle_names="Zzmay"),
        ),
        ONE,
        linked("SURNAME_BIRTH_DATE"),
    ),
    Situation(
        "two_children_one_agency_tells_apart_by_a_short_form_are_two_in_all_agencies",
        (
            record("police", ADA, forename="Katherine"),
            record("police", ADA, forename="Katie"),
            record("school", ADA, forename="Katherine"),
        ),
        ((0, 2), (1,)),
    ),
    Situation(
        "a_changed_surname_known_as_an_alias_is_the_same_child",
        (
            record("police", ADA, also_known_as="Zzada Marrowby"),
            record("school", ADA, surname="Marrowby", middle_names=""),
        ),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "a_changed_surname_is_outweighed_by_a_forename_people_have_birth_date_and_home",
        (record("police", ADA, forename="Charlotte"), record("school", ADA, forename="Charlotte", surname="Marrowby")),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "a_changed_surname_is_outweighed_by_a_rare_forename_when_the_middle_name_fits",
        (
            record("police", ADA, middle_names="Zzmay"),
            record("school", ADA, surname="Marrowby", middle_names="Zzmay"),
        ),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "twins_whose_surname_was_filled_in_as_forename_stay_two_children",
        (
            record("police", ADA, forename="Quillworth", surname="Zzada"),
            record("school", ADA, forename="Quillworth", surname="Beatrix"),
        ),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "NAME_CONFLICT"),
    ),
    Situation(
        "another_surname_and_another_day_of_birth_is_not_one_child",
        (
            record("police", ADA, middle_names="Zzmay"),
            record("school", ADA, surname="Marrowby", dob="2014-05-04", middle_names="Zzmay"),
        ),
        TWO,
        for_a_person("POSTCODE_FORENAME", "NAME_CONFLICT"),
    ),
    Situation(
        "a_slip_of_the_pen_in_a_name_people_have_is_no_twin",
        (record("police", ADA, forename="Charlotte"), record("school", ADA, forename="Charlote")),
        ONE,
        linked("SURNAME_BIRTH_DATE"),
    ),
    Situation(
        "two_letters_that_changed_places_are_a_slip_of_the_pen",
        (record("police", ADA, forename="Chloe"), record("school", ADA, forename="Chole")),
        ONE,
        linked("SURNAME_BIRTH_DATE"),
    ),
    Situation(
        "twins_in_whose_names_two_letters_changed_places_stay_two_children",
        (record("police", ADA, forename="Marian"), record("school", ADA, forename="Marina")),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "TWIN"),
    ),
    Situation(
        "a_double_name_may_be_shortened_to_its_first_half",
        (record("police", ADA, forename="Lily"), record("school", ADA, forename="Lily-Mae")),
        ONE,
        linked("SURNAME_BIRTH_DATE"),
    ),
    Situation(
        "a_double_name_is_spelt_in_several_ways",
        (record("police", ADA, forename="Lilly Mai"), record("school", ADA, forename="Lily-Mae")),
        ONE,
        linked("SURNAME_BIRTH_DATE"),
    ),
    Situation(
        "twins_whose_double_names_share_a_half_stay_two_children",
        (record("police", ADA, forename="Lily-Rose"), record("school", ADA, forename="Lily-Mae")),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "TWIN"),
    ),
    Situation(
        "twins_whose_names_differ_in_one_letter_stay_two_children",
        (record("police", ADA, forename="Jayden"), record("school", ADA, forename="Hayden")),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "TWIN"),
    ),
    Situation(
        "twins_whose_names_differ_in_one_letter_stay_two_children_wherever_they_live",
        (
            record("police", ADA, forename="Jayden", ethnicity="WIRT", postcode=""),
            record("school", ADA, forename="Hayden", ethnicity="WIRT"),
        ),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "TWIN"),
    ),
    Situation(
        "twins_whose_names_differ_in_one_letter_stay_two_children_with_a_slip_in_a_birth_date",
        (record("police", ADA, forename="Jayden"), record("school", ADA, forename="Hayden", dob="2014-05-13")),
        TWO,
        for_a_person("POSTCODE_SURNAME_BIRTH_YEAR", "TWIN"),
    ),
    Situation(
        "a_slip_of_the_pen_under_another_pupil_number_is_for_a_person",
        (
            record("council", ADA, forename="Charlotte", upn=upn(211)),
            record("school", ADA, forename="Charlote", upn=upn(212)),
        ),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "TWIN"),
    ),
    Situation(
        "two_names_people_have_under_two_pupil_numbers_need_no_person",
        (
            record("council", ADA, forename="Jayden", upn=upn(213)),
            record("school", ADA, forename="Hayden", upn=upn(214)),
        ),
        TWO,
        vetoed("SURNAME_BIRTH_DATE", "TWIN"),
    ),
    Situation(
        "a_slip_of_the_pen_is_the_same_child_s_wherever_it_lives",
        (
            record("police", ADA, forename="Charlotte", ethnicity="WIRT", postcode=""),
            record("school", ADA, forename="Charlote", ethnicity="WIRT"),
        ),
        ONE,
        linked("SURNAME_BIRTH_DATE"),
    ),
    Situation(
        "a_slip_in_a_twin_s_name_does_not_make_it_the_other_s",
        (record("police", ADA, forename="Jlayden"), record("school", ADA, forename="Hayden")),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "TWIN"),
    ),
    Situation(
        "two_letters_that_differ_are_a_slip_of_the_pen_when_the_middle_name_fits",
        (
            record("police", ADA, forename="Charlloote", middle_names="Zzmay"),
            record("school", ADA, forename="Charlotte", middle_names="Zzmay"),
        ),
        ONE,
        linked("SURNAME_BIRTH_DATE"),
    ),
    Situation(
        "twins_of_other_sex_need_no_person",
        (record("police", ADA), record("school", BEA, sex="M")),
        TWO,
        vetoed("SURNAME_BIRTH_DATE", "SEX_CONFLICT"),
    ),
    Situation(
        "a_middle_name_speaks_for_a_name_and_birth_date",
        (
            record("police", ADA, middle_names="Zzmay"),
            record("school", ADA, postcode="PE3 9ZZ", middle_names="Zzmay"),
        ),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "a_middle_initial_speaks_for_a_rare_name_and_birth_date",
        (
            record("police", ADA, middle_names="Z"),
            record("school", ADA, postcode="PE3 9ZZ", middle_names="Zzmay"),
        ),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "another_middle_initial_may_be_a_brother_s_of_the_same_first_name",
        (record("police", ADA, middle_names="Q"), record("school", ADA, middle_names="Zzmay")),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "TWIN"),
    ),
    Situation(
        "the_same_district_speaks_for_a_name_and_birth_date",
        (record("police", ADA), record("school", ADA, postcode="PE1 9ZZ")),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "sex_and_ethnicity_together_speak_for_a_rare_name_and_birth_date",
        (record("police", ADA, ethnicity="WIRT"), record("school", ADA, postcode="PE3 9ZZ", ethnicity="WIRT")),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "sex_and_ethnicity_do_not_speak_against_another_pupil_number",
        (
            record("police", ADA, ethnicity="WIRT", upn=upn(205)),
            record("school", ADA, postcode="PE3 9ZZ", ethnicity="WIRT", upn=upn(206)),
        ),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "NAME_BIRTH_ONLY"),
    ),
    Situation(
        "an_ethnicity_nobody_gave_speaks_for_nothing",
        (record("police", ADA, ethnicity="NOBT"), record("school", ADA, postcode="PE3 9ZZ", ethnicity="NOBT")),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "NAME_BIRTH_ONLY"),
    ),
    Situation(
        "twin_siblings_with_same_birth_date_stay_two_children",
        (record("police", ADA), record("school", BEA)),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "TWIN"),
    ),
    Situation(
        "an_initial_is_no_forename",
        (record("police", ADA, forename="Z"), record("school", ADA, forename="Z")),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "FORENAME_MISSING"),
    ),
    Situation(
        "an_initial_fits_the_forename_of_a_child_of_that_name_birth_date_sex_and_home",
        (record("police", ADA, forename="Z"), record("school", ADA)),
        ONE,
        linked("SURNAME_BIRTH_DATE"),
    ),
    Situation(
        "an_initial_on_another_record_of_the_same_agency_may_be_a_twin_s",
        (record("police", ADA, forename="Z"), record("police", ADA)),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "TWIN"),
    ),
    Situation(
        "two_children_one_agency_tells_apart_by_an_initial_are_two_in_all_agencies",
        (record("police", ADA, forename="Z"), record("police", ADA), record("school", ADA)),
        ((0,), (1, 2)),
    ),
    Situation(
        "an_initial_from_another_home_is_no_forename",
        (record("police", ADA, forename="Z"), record("school", ADA, postcode="PE1 9ZZ")),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "FORENAME_MISSING"),
    ),
    Situation(
        "an_initial_that_fits_both_twins_is_neither_s",
        (record("police", ADA, forename="Z"), record("school", ADA), record("health", BEA)),
        THREE_APART,
    ),
    Situation(
        "placeholder_names_link_nobody",
        (record("police", ADA, forename="Unknown"), record("school", ADA, forename="UNKNOWN")),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "FORENAME_MISSING"),
    ),
    Situation(
        "a_postcode_for_no_fixed_abode_links_nobody",
        (record("police", ADA, postcode="ZZ99 3VZ"), record("school", ADA, postcode="ZZ99 3VZ")),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "NAME_BIRTH_ONLY"),
    ),
    Situation(
        "a_birth_date_on_the_first_of_january_links_nobody_by_name",
        (record("police", ADA, dob="2014-01-01"), record("school", ADA, dob="2014-01-01")),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "BIRTH_DATE_GUESSED"),
    ),
    Situation(
        "an_estimated_birth_date_links_nobody_by_name",
        (record("police", ADA, dob_precision="ESTIMATED"), record("school", ADA, dob_precision="ESTIMATED")),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "BIRTH_DATE_GUESSED"),
    ),
    Situation(
        "a_middle_name_outweighs_a_guessed_birth_date",
        (
            record("police", ADA, dob_precision="ESTIMATED", middle_names="Zzmay"),
            record("school", ADA, middle_names="Zzmay"),
        ),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "another_middle_name_does_not_outweigh_a_guessed_birth_date",
        (
            record("police", ADA, dob_precision="ESTIMATED", middle_names="Zzmay"),
            record("school", ADA, middle_names="Qquinn"),
        ),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "BIRTH_DATE_GUESSED"),
    ),
    Situation(
        "a_birth_date_in_the_future_links_nobody",
        (record("police", ADA, dob="2031-05-03"), record("school", ADA, dob="2031-05-03")),
        TWO,
        for_a_person("POSTCODE_FORENAME", "BIRTH_DATE_MISSING"),
    ),
    Situation(
        "a_child_born_on_29_february_is_one_child",
        (record("police", ADA, dob="2012-02-29"), record("school", ADA, dob="29/02/2012")),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "girl_and_boy_of_one_name_are_not_one_child",
        (record("police", ADA, sex="M"), record("school", ADA)),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "SEX_CONFLICT"),
    ),
    Situation(
        "a_middle_name_outweighs_a_mistyped_sex",
        (record("police", ADA, sex="M", middle_names="Zzmay"), record("school", ADA, middle_names="Z")),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    Situation(
        "a_middle_name_does_not_make_a_girl_of_a_boy_with_almost_her_name",
        (
            record("police", ADA, forename="Zzadan", sex="M", middle_names="Zzmay"),
            record("school", ADA, forename="Zzadana", middle_names="Zzmay"),
        ),
        TWO,
        for_a_person("SURNAME_BIRTH_DATE", "SEX_CONFLICT"),
    ),
    Situation(
        "an_unknown_sex_contradicts_nothing",
        (record("police", ADA, sex="U"), record("school", ADA)),
        ONE,
        linked("FORENAME_BIRTH_DATE"),
    ),
    # -- NHS numbers
    Situation(
        "same_verified_nhs_number_and_birth_date_is_one_child_under_any_name",
        (
            record("council", ADA, **verified(101)),
            record("health", STRANGER, dob=ADA["dob"], **verified(101)),
        ),
        ONE,
        linked("NHS_NUMBER"),
    ),
    Situation(
        "same_verified_nhs_number_survives_a_mistyped_birth_date_when_names_agree",
        (record("council", ADA, **verified(102)), record("health", ADA, dob="2014-03-05", **verified(102))),
        ONE,
        linked("NHS_NUMBER"),
    ),
    Situation(
        "same_verified_nhs_number_with_another_name_and_birth_date_is_not_one_child",
        (record("council", ADA, **verified(103)), record("health", STRANGER, **verified(103))),
        TWO,
        vetoed("NHS_NUMBER", "NAME_BIRTH_CONFLICT"),
    ),
    Situation(
        "an_unverified_nhs_number_needs_birth_date_and_a_name",
        (
            record("council", ADA, nhs_number=nhs(104), postcode="PE3 9ZZ"),
            record("health", ADA, forename="Someone", **verified(104)),
        ),
        ONE,
        linked("NHS_NUMBER"),
    ),
    Situation(
        "an_unverified_nhs_number_does_not_outweigh_another_name_and_birth_date",
        (record("council", STRANGER, nhs_number=nhs(105)), record("health", ADA, **verified(105))),
        TWO,
        vetoed("NHS_NUMBER", "NAME_BIRTH_CONFLICT"),
    ),
    Situation(
        "an_nhs_number_failing_its_check_digit_is_no_evidence",
        (
            record("council", ADA, nhs_number="9990000019", postcode=""),
            record("health", ADA, nhs_number="9990000019", nhs_status="VERIFIED", postcode=""),
        ),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "NAME_BIRTH_ONLY"),
    ),
    Situation(
        "a_withheld_nhs_number_is_no_evidence",
        (
            record("council", ADA, nhs_number=nhs(106), nhs_status="WITHHELD", postcode=""),
            record("health", ADA, postcode="", **verified(106)),
        ),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "NAME_BIRTH_ONLY"),
    ),
    Situation(
        "two_verified_nhs_numbers_keep_equal_names_apart",
        (record("council", ADA, **verified(107)), record("health", ADA, **verified(108))),
        TWO,
        vetoed("FORENAME_BIRTH_DATE", "NHS_CONFLICT"),
    ),
    Situation(
        "two_nhs_numbers_of_which_one_is_not_verified_are_for_a_person",
        (record("council", ADA, nhs_number=nhs(115)), record("health", ADA, **verified(116))),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "NHS_DIFFERS"),
    ),
    Situation(
        "a_third_record_does_not_join_two_verified_nhs_numbers",
        (
            record("council", ADA, **verified(109)),
            record("health", ADA, **verified(110)),
            record("police", ADA),
        ),
        THREE_APART,
        frozenset(
            {
                ("vetoed", "FORENAME_BIRTH_DATE", "NHS_CONFLICT"),
                ("separated", "FORENAME_BIRTH_DATE", "NHS_CONFLICT"),
            }
        ),
    ),
    Situation(
        "a_conflict_breaks_at_its_weakest_evidence",
        (
            record("council", ADA, **verified(111)),
            record("health", ADA, **verified(112)),
            record("police", ADA),
            record("school", ADA, postcode="", **verified(111)),
        ),
        ((0, 3), (1,), (2,)),
    ),
    Situation(
        "an_opposite_sex_twin_with_the_others_nhs_number_is_not_one_child",
        (record("council", ADA, **verified(113)), record("health", BEA, sex="M", **verified(113))),
        TWO,
        for_a_person("NHS_NUMBER", "SEX_CONFLICT"),
    ),
    Situation(
        "an_nhs_number_held_in_quarantine_is_no_evidence",
        (
            record("council", ADA, postcode="", held=("nhs_number",), **verified(114)),
            record("health", ADA, postcode="", **verified(114)),
        ),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "NAME_BIRTH_ONLY"),
    ),
    # -- pupil numbers
    Situation(
        "same_valid_upn_and_birth_date_is_one_child",
        (record("council", ADA, upn=upn(201)), record("school", STRANGER, dob=ADA["dob"], upn=upn(201))),
        ONE,
        linked("UPN"),
    ),
    Situation(
        "same_upn_with_another_name_and_birth_date_is_not_one_child",
        (record("council", ADA, upn=upn(202)), record("school", STRANGER, upn=upn(202))),
        TWO,
        vetoed("UPN", "NAME_BIRTH_CONFLICT"),
    ),
    Situation(
        "a_sister_s_upn_does_not_make_another_forename_without_a_birth_date_one_child",
        (record("council", ADA, upn=upn(207)), record("school", BEA, dob="", upn=upn(207))),
        TWO,
        for_a_person("UPN", "NAME_BIRTH_CONFLICT"),
    ),
    Situation(
        "a_parent_s_upn_does_not_make_other_middle_names_without_a_birth_date_one_child",
        (
            record("council", ADA, upn=upn(209), middle_names="Zzmay"),
            record("school", ADA, dob="", upn=upn(209), middle_names="Qquinn"),
        ),
        TWO,
        for_a_person("UPN", "NAME_BIRTH_CONFLICT"),
    ),
    Situation(
        "a_upn_makes_one_child_of_a_name_without_a_birth_date",
        (record("council", ADA, upn=upn(210)), record("school", ADA, dob="", upn=upn(210))),
        ONE,
        linked("UPN"),
    ),
    Situation(
        "a_upn_makes_a_mistyped_birth_date_and_a_changed_forename_one_child",
        (record("council", ADA, upn=upn(208)), record("school", BEA, dob="2014-05-04", upn=upn(208))),
        ONE,
        linked("UPN"),
    ),
    Situation(
        "a_upn_with_a_wrong_check_letter_is_no_evidence",
        (
            record("council", ADA, postcode="", upn="A" + upn(204)[1:]),
            record("school", ADA, postcode="", upn="A" + upn(204)[1:]),
        ),
        TWO,
        for_a_person("FORENAME_BIRTH_DATE", "NAME_BIRTH_ONLY"),
    ),
    # -- agencies' own numbers
    Situation(
        "the_council_s_own_number_is_one_child_in_all_its_feeds",
        (
            record("council", ADA, agency_person_id="SAME-1"),
            record("list", STRANGER, agency_person_id="SAME-1"),
        ),
        ONE,
        NOTHING_FOUND,
    ),
    Situation(
        "a_former_number_on_the_council_s_list_is_the_same_child",
        (
            record("council", STRANGER, agency_person_id="FORMER-1"),
            record("list", ADA, agency_person_id="PRESENT-1", pers_legacy_id="FORMER-1"),
        ),
        ONE,
        linked("AGENCY_ID"),
    ),
    Situation(
        "two_numbers_that_each_name_the_other_as_former_are_one_child",
        (
            record("list", STRANGER, agency_person_id="ROUND-1", pers_legacy_id="ROUND-2"),
            record("list", ADA, agency_person_id="ROUND-2", pers_legacy_id="ROUND-1"),
        ),
        ONE,
        linked("AGENCY_ID"),
    ),
    Situation(
        "another_agency_s_equal_number_means_nothing",
        (record("council", ADA, agency_person_id="77"), record("police", STRANGER, agency_person_id="77")),
        TWO,
        NOTHING_FOUND,
    ),
    Situation(
        "a_record_whose_own_number_is_held_is_a_child_of_its_own",
        (
            record("police", STRANGER, held=("agency_person_id",), agency_person_id="HELD-1"),
            record("police", ADA, held=("agency_person_id",), agency_person_id="HELD-1"),
        ),
        TWO,
        NOTHING_FOUND,
    ),
    # -- adoption, unborn children, restricted children
    Situation(
        "nothing_joins_the_record_from_before_an_adoption",
        (
            record("list", ADA, adoption_marker="PRE", **verified(301)),
            record("list", ADA, adoption_marker="POST", **verified(301)),
            record("health", ADA, **verified(301)),
        ),
        ((0,), (1, 2)),
    ),
    Situation(
        "an_adoption_marker_nobody_explained_counts_as_before",
        (record("list", ADA, adoption_marker="Y"), record("police", ADA)),
        TWO,
        NOTHING_FOUND,
    ),
    Situation(
        "an_adopted_child_s_new_record_joins_no_other_record_of_the_council",
        (record("list", ADA, adoption_marker="POST"), record("council", ADA)),
        TWO,
        vetoed("FORENAME_BIRTH_DATE", "ADOPTION"),
    ),
    Situation(
        "no_third_record_joins_an_adopted_child_to_an_unmarked_former_record",
        (
            record("list", ADA, adoption_marker="POST", upn=upn(302)),
            record("council", ADA, postcode="PE4 4DD"),
            record("police", ADA, postcode="PE4 4DD", upn=upn(302)),
        ),
        ((0, 2), (1,)),
    ),
    Situation(
        "an_unborn_child_is_not_its_mother",
        (
            record("council", ADA, unborn_flag="Y", dob="", expected_dob="2026-06-01", sex="U", **verified(303)),
            record("health", ADA, dob="1999-04-04", **verified(303)),
        ),
        TWO,
        vetoed("POSTCODE_FORENAME", "UNBORN"),
    ),
    Situation(
        "a_mother_and_the_baby_with_her_number_are_two_people",
        (
            record("council", ADA, agency_person_id="MOTHER-1", dob="1999-04-04", **verified(304)),
            record("council", ADA, mother_agency_person_id="MOTHER-1", dob="2026-02-01", **verified(304)),
        ),
        TWO,
        vetoed("NHS_NUMBER", "MOTHERS_NHS"),
    ),
    Situation(
        "a_restricted_child_is_linked_by_people_only",
        (
            record("council", ADA, restricted_flag="R1", **verified(305)),
            record("health", ADA, **verified(305)),
        ),
        TWO,
        for_a_person("NHS_NUMBER", "RESTRICTED"),
    ),
)
