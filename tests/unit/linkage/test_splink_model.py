"""The comparisons in Splink's words."""

import pytest
from frontdoor.linkage.model import LinkageModel, load_linkage_model
from frontdoor.linkage.spine_export import spine_columns
from frontdoor.linkage.splink_model import SplinkFailed, splink_errors, splink_settings
from frontdoor.settings import Settings


@pytest.fixture
def model() -> LinkageModel:
    return load_linkage_model(Settings())


def test_every_level_is_handed_over_in_its_order(model: LinkageModel) -> None:
    settings = splink_settings(model)
    assert [comparison["output_column_name"] for comparison in settings["comparisons"]] == [
        comparison.code for comparison in model.comparisons
    ]
    for handed, comparison in zip(settings["comparisons"], model.comparisons, strict=True):
        levels = handed["comparison_levels"]
        assert [level["label_for_charts"] for level in levels] == [level.code for level in comparison.levels]
        assert levels[0]["is_null_level"]
        assert levels[-1]["sql_condition"] == "ELSE"
        assert [(level["m_probability"], level["u_probability"]) for level in levels[1:]] == [
            (level.m, level.u) for level in comparison.levels[1:]
        ]
    assert len(settings["blocking_rules_to_generate_predictions"]) == len(model.blocking_rules)


def test_given_weights_take_the_place_of_the_shipped(model: LinkageModel) -> None:
    levels = {code: dict.fromkeys(_codes(model, code), (0.5, 0.25)) for code in [c.code for c in model.comparisons]}
    settings = splink_settings(model, levels=levels, prior=0.125)
    assert settings["probability_two_random_records_match"] == 0.125
    assert {
        (level["m_probability"], level["u_probability"])
        for comparison in settings["comparisons"]
        for level in comparison["comparison_levels"][1:]
    } == {(0.5, 0.25)}


def test_the_spine_is_exported_as_far_as_comparisons_and_rules_need_it(model: LinkageModel) -> None:
    columns = spine_columns(model)
    assert {"nhs_number", "forename_text", "is_birth_date_exact", "mother"} <= set(columns)
    assert not {"record_key", "record_no", "least", "hashtext"} & set(columns)


def test_what_splink_chokes_on_is_not_repeated() -> None:
    with pytest.raises(SplinkFailed) as caught, splink_errors():
        raise ValueError("Zzada Quillworth")
    assert str(caught.value) == "Splink stopped with ValueError"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def _codes(model: LinkageModel, comparison: str) -> list[str]:
    return [level.code for level in model.comparison(comparison).levels[1:]]
