{#- Written by `make generate` from expectations/linkage/comparisons.yaml; there is nothing to edit here. -#}
{% macro comparisons() -%}
    {%- set text -%}{% raw %}
[
  {
    "code": "nhs_number",
    "shift": 32,
    "mask": 3,
    "levels": [
      {
        "code": "none",
        "sql": "l.nhs_number is null or r.nhs_number is null",
        "term_frequency": ""
      },
      {
        "code": "same",
        "sql": "l.nhs_number = r.nhs_number",
        "term_frequency": ""
      },
      {
        "code": "other",
        "sql": "true",
        "term_frequency": ""
      }
    ]
  },
  {
    "code": "upn",
    "shift": 34,
    "mask": 3,
    "levels": [
      {
        "code": "none",
        "sql": "l.upn is null or r.upn is null",
        "term_frequency": ""
      },
      {
        "code": "same",
        "sql": "l.upn = r.upn",
        "term_frequency": ""
      },
      {
        "code": "other",
        "sql": "true",
        "term_frequency": ""
      }
    ]
  },
  {
    "code": "forename",
    "shift": 36,
    "mask": 7,
    "levels": [
      {
        "code": "none",
        "sql": "l.forename_initial is null or r.forename_initial is null",
        "term_frequency": ""
      },
      {
        "code": "same",
        "sql": "l.forename = r.forename",
        "term_frequency": "forename"
      },
      {
        "code": "nickname",
        "sql": "l.forename_root = r.forename_root or l.forename_root = r.forename_first_part or r.forename_root = l.forename_first_part or l.forename = r.alias_forename or r.forename = l.alias_forename",
        "term_frequency": ""
      },
      {
        "code": "swapped",
        "sql": "l.forename = r.surname and l.surname = r.forename",
        "term_frequency": ""
      },
      {
        "code": "alike",
        "sql": "(l.forename_skeleton = r.forename_skeleton) or (length(l.forename_text) >= 4 and length(r.forename_text) >= 4 and (public.levenshtein_less_equal(l.forename_text, r.forename_text, 1) <= 1 or (length(l.forename_text) = length(r.forename_text) and public.levenshtein_less_equal(l.forename_text, r.forename_text, 1, 1, 2, 2) <= 2 and l.forename_text || '|' || r.forename_text ~ '^(.*)(.)(.)(.*)[|]\\1\\3\\2\\4$')))",
        "term_frequency": ""
      },
      {
        "code": "partly",
        "sql": "(length(l.forename_text) >= 6 and length(r.forename_text) >= 6 and public.levenshtein_less_equal(l.forename_text, r.forename_text, 2) <= 2) or (length(l.forename_text) >= 3 and length(r.forename_text) >= 3 and (starts_with(l.forename_text, r.forename_text) or starts_with(r.forename_text, l.forename_text)))",
        "term_frequency": ""
      },
      {
        "code": "initial",
        "sql": "(l.forename is null or r.forename is null) and l.forename_initial = r.forename_initial",
        "term_frequency": ""
      },
      {
        "code": "other",
        "sql": "true",
        "term_frequency": ""
      }
    ]
  },
  {
    "code": "surname",
    "shift": 39,
    "mask": 7,
    "levels": [
      {
        "code": "none",
        "sql": "l.surname is null or r.surname is null",
        "term_frequency": ""
      },
      {
        "code": "same",
        "sql": "l.surname = r.surname",
        "term_frequency": "surname"
      },
      {
        "code": "swapped",
        "sql": "l.forename = r.surname and l.surname = r.forename",
        "term_frequency": ""
      },
      {
        "code": "half",
        "sql": "l.surname = r.surname_first or l.surname = r.surname_last or r.surname = l.surname_first or r.surname = l.surname_last or l.surname = r.alias_surname or r.surname = l.alias_surname or l.surname_last = r.surname_last",
        "term_frequency": ""
      },
      {
        "code": "alike",
        "sql": "(l.surname_skeleton = r.surname_skeleton) or (length(l.surname_text) >= 4 and length(r.surname_text) >= 4 and (public.levenshtein_less_equal(l.surname_text, r.surname_text, 1) <= 1 or (length(l.surname_text) = length(r.surname_text) and public.levenshtein_less_equal(l.surname_text, r.surname_text, 1, 1, 2, 2) <= 2 and l.surname_text || '|' || r.surname_text ~ '^(.*)(.)(.)(.*)[|]\\1\\3\\2\\4$')))",
        "term_frequency": ""
      },
      {
        "code": "partly",
        "sql": "length(l.surname_text) >= 6 and length(r.surname_text) >= 6 and public.levenshtein_less_equal(l.surname_text, r.surname_text, 2) <= 2",
        "term_frequency": ""
      },
      {
        "code": "other",
        "sql": "true",
        "term_frequency": ""
      }
    ]
  },
  {
    "code": "birth_date",
    "shift": 42,
    "mask": 15,
    "levels": [
      {
        "code": "none",
        "sql": "coalesce(l.born_on, l.expected_on) is null or coalesce(r.born_on, r.expected_on) is null",
        "term_frequency": ""
      },
      {
        "code": "same",
        "sql": "l.birth_date = r.birth_date and l.is_birth_date_exact and r.is_birth_date_exact",
        "term_frequency": ""
      },
      {
        "code": "month",
        "sql": "l.birth_year = r.birth_year and l.birth_month = r.birth_month and not (l.is_birth_date_exact and r.is_birth_date_exact)",
        "term_frequency": ""
      },
      {
        "code": "swapped",
        "sql": "l.birth_year = r.birth_year and l.birth_month = r.birth_day and l.birth_day = r.birth_month",
        "term_frequency": ""
      },
      {
        "code": "close",
        "sql": "(l.is_birth_date_exact and r.is_birth_date_exact and ((l.birth_year = r.birth_year and (l.birth_month = r.birth_month or l.birth_day = r.birth_day)) or (l.birth_month = r.birth_month and l.birth_day = r.birth_day))) or abs(l.born_on - r.born_on) <= 10",
        "term_frequency": ""
      },
      {
        "code": "expected_day",
        "sql": "l.birth_date is null and r.birth_date is null and l.expected_on = r.expected_on",
        "term_frequency": ""
      },
      {
        "code": "expected",
        "sql": "(l.birth_date is null or r.birth_date is null) and abs(coalesce(l.born_on, l.expected_on) - coalesce(r.born_on, r.expected_on)) <= 42",
        "term_frequency": ""
      },
      {
        "code": "year",
        "sql": "l.birth_year = r.birth_year",
        "term_frequency": ""
      },
      {
        "code": "other",
        "sql": "true",
        "term_frequency": ""
      }
    ]
  },
  {
    "code": "sex",
    "shift": 46,
    "mask": 3,
    "levels": [
      {
        "code": "none",
        "sql": "l.sex is null or r.sex is null",
        "term_frequency": ""
      },
      {
        "code": "same",
        "sql": "l.sex = r.sex",
        "term_frequency": ""
      },
      {
        "code": "other",
        "sql": "true",
        "term_frequency": ""
      }
    ]
  },
  {
    "code": "postcode",
    "shift": 48,
    "mask": 7,
    "levels": [
      {
        "code": "none",
        "sql": "l.postcode is null or r.postcode is null",
        "term_frequency": ""
      },
      {
        "code": "same",
        "sql": "l.postcode = r.postcode",
        "term_frequency": "postcode"
      },
      {
        "code": "alike",
        "sql": "public.levenshtein_less_equal(l.postcode_text, r.postcode_text, 1) <= 1",
        "term_frequency": ""
      },
      {
        "code": "district",
        "sql": "l.postcode_district = r.postcode_district",
        "term_frequency": ""
      },
      {
        "code": "other",
        "sql": "true",
        "term_frequency": ""
      }
    ]
  },
  {
    "code": "middle_names",
    "shift": 51,
    "mask": 7,
    "levels": [
      {
        "code": "none",
        "sql": "l.middle_initial is null or r.middle_initial is null",
        "term_frequency": ""
      },
      {
        "code": "same",
        "sql": "l.middle_names = r.middle_names",
        "term_frequency": ""
      },
      {
        "code": "partly",
        "sql": "starts_with(l.middle_names_text, r.middle_names_text) or starts_with(r.middle_names_text, l.middle_names_text)",
        "term_frequency": ""
      },
      {
        "code": "initial",
        "sql": "(l.middle_names is null or r.middle_names is null) and l.middle_initial = r.middle_initial",
        "term_frequency": ""
      },
      {
        "code": "other",
        "sql": "true",
        "term_frequency": ""
      }
    ]
  },
  {
    "code": "address",
    "shift": 54,
    "mask": 3,
    "levels": [
      {
        "code": "none",
        "sql": "l.address is null or r.address is null or starts_with(l.address_text, '#') <> starts_with(r.address_text, '#')",
        "term_frequency": ""
      },
      {
        "code": "same",
        "sql": "l.address = r.address",
        "term_frequency": ""
      },
      {
        "code": "alike",
        "sql": "not starts_with(l.address_text, '#') and length(l.address_text) >= 8 and length(r.address_text) >= 8 and public.levenshtein_less_equal(l.address_text, r.address_text, 3) <= 3",
        "term_frequency": ""
      },
      {
        "code": "other",
        "sql": "true",
        "term_frequency": ""
      }
    ]
  },
  {
    "code": "phone",
    "shift": 56,
    "mask": 3,
    "levels": [
      {
        "code": "none",
        "sql": "l.phone is null or r.phone is null",
        "term_frequency": ""
      },
      {
        "code": "same",
        "sql": "l.phone = r.phone",
        "term_frequency": ""
      },
      {
        "code": "other",
        "sql": "true",
        "term_frequency": ""
      }
    ]
  },
  {
    "code": "email",
    "shift": 58,
    "mask": 3,
    "levels": [
      {
        "code": "none",
        "sql": "l.email is null or r.email is null",
        "term_frequency": ""
      },
      {
        "code": "same",
        "sql": "l.email = r.email",
        "term_frequency": ""
      },
      {
        "code": "other",
        "sql": "true",
        "term_frequency": ""
      }
    ]
  }
]
{% endraw %}{%- endset -%}
    {{ return(fromjson(text)) }}
{%- endmacro %}

{% macro blocking_rules() -%}
    {%- set text -%}{% raw %}
[
  {
    "code": "nhs_number",
    "columns": [
      "nhs_number"
    ],
    "cap": 150
  },
  {
    "code": "upn",
    "columns": [
      "upn"
    ],
    "cap": 150
  },
  {
    "code": "forename_birth_date",
    "columns": [
      "forename",
      "birth_date"
    ],
    "cap": 50
  },
  {
    "code": "surname_birth_date",
    "columns": [
      "surname",
      "birth_date"
    ],
    "cap": 50
  },
  {
    "code": "postcode_birth_date",
    "columns": [
      "postcode",
      "birth_date"
    ],
    "cap": 50
  },
  {
    "code": "name_birth_month",
    "columns": [
      "forename",
      "surname",
      "birth_year",
      "birth_month"
    ],
    "cap": 50
  },
  {
    "code": "name_birthday",
    "columns": [
      "forename",
      "surname",
      "birth_month",
      "birth_day"
    ],
    "cap": 50
  },
  {
    "code": "name_birth_date_swapped",
    "columns": [
      "forename",
      "surname",
      "birth_year",
      "least(birth_month, birth_day)",
      "nullif(greatest(birth_month, birth_day), least(birth_month, birth_day))"
    ],
    "cap": 50
  },
  {
    "code": "postcode_forename",
    "columns": [
      "postcode",
      "forename"
    ],
    "cap": 50
  },
  {
    "code": "postcode_surname_birth_year",
    "columns": [
      "postcode",
      "surname",
      "birth_year_expected"
    ],
    "cap": 50
  },
  {
    "code": "names_either_way_birth_date",
    "columns": [
      "least(forename, surname)",
      "greatest(forename, surname)",
      "birth_date"
    ],
    "cap": 50
  },
  {
    "code": "name_beginnings_birth_date",
    "columns": [
      "hashtext(left(forename_text, 2))",
      "hashtext(left(surname_text, 2))",
      "birth_date"
    ],
    "cap": 50
  },
  {
    "code": "phone_forename",
    "columns": [
      "phone",
      "forename"
    ],
    "cap": 50
  },
  {
    "code": "email_forename",
    "columns": [
      "email",
      "forename"
    ],
    "cap": 50
  },
  {
    "code": "address_forename",
    "columns": [
      "address",
      "forename"
    ],
    "cap": 50
  },
  {
    "code": "mother",
    "columns": [
      "mother"
    ],
    "cap": 50
  }
]
{% endraw %}{%- endset -%}
    {{ return(fromjson(text)) }}
{%- endmacro %}

{% macro linkage_model() -%}
    {%- set text -%}{% raw %}
{
  "weak_corroboration_bits": 8,
  "statement_caps": [
    5,
    365
  ],
  "crowds": {
    "postcode": 500,
    "address": 50,
    "phone": 50,
    "email": 50,
    "nhs_number": 5,
    "upn": 5
  },
  "terms": [
    "forename",
    "surname",
    "postcode"
  ],
  "rarest_bits": {
    "shipped": 3.0,
    "trained": 6.0
  },
  "commonest_bits": -10.0,
  "weight_bits": 32,
  "parts_of_a_bit": 10000000
}
{% endraw %}{%- endset -%}
    {{ return(fromjson(text)) }}
{%- endmacro %}
