"""The generated dbt macro file that carries the comparisons into SQL."""

import json

from frontdoor.linkage.model import COMMONEST_BITS, PARTS_OF_A_BIT, RAREST_BITS, WEIGHT_BITS, LinkageModel

MACRO_PATH = "macros/linkage/linkage_model.sql"
_HEADER = """\
{#- Written by `make generate` from expectations/linkage/comparisons.yaml; there is nothing to edit here. -#}
"""


def linkage_macros(model: LinkageModel) -> str:
    """Return the text of the macros `comparisons`, `blocking_rules` and `linkage_model`."""
    shifts = model.shifts()
    comparisons = [
        {
            "code": comparison.code,
            "shift": shifts[comparison.code],
            "mask": 2**comparison.bits - 1,
            "levels": [
                {
                    "code": level.code,
                    "sql": level.condition("postgres"),
                    "term_frequency": level.term_frequency or "",
                }
                for level in comparison.levels
            ],
        }
        for comparison in model.comparisons
    ]
    rules = [
        {"code": rule.code, "columns": rule.columns, "cap": cap}
        for rule, cap in zip(model.blocking_rules, model.block_caps, strict=True)
    ]
    facts = {
        "weak_corroboration_bits": model.weak_corroboration_bits,
        "statement_caps": model.statement_caps,
        "crowds": model.crowds,
        "terms": model.terms,
        "rarest_bits": RAREST_BITS,
        "commonest_bits": COMMONEST_BITS,
        "weight_bits": WEIGHT_BITS,
        "parts_of_a_bit": PARTS_OF_A_BIT,
    }
    return _HEADER + "\n".join(
        _macro(name, value)
        for name, value in (("comparisons", comparisons), ("blocking_rules", rules), ("linkage_model", facts))
    )


def _macro(name: str, value: object) -> str:
    # As a text that is read: dbt would take a twentieth of a second to compile the same as an expression.
    text = json.dumps(value, indent=2)
    return (
        f"{{% macro {name}() -%}}\n    {{%- set text -%}}{{% raw %}}\n{text}\n{{% endraw %}}{{%- endset -%}}\n"
        "    {{ return(fromjson(text)) }}\n{%- endmacro %}\n"
    )
