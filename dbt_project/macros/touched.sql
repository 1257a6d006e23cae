{#- A killed build leaves rows stamped with its number; they are touched too, until a build is published. -#}
{% macro is_touched(alias) -%}
    {{ alias }}._built_in > {{ last_published_build() }}
{%- endmacro %}

{% macro last_published_build() -%}
    (
        select coalesce(max(published_build.build_no), 0) from {{ source('ledger', 'builds') }} as published_build
        where published_build.state = 'published'
    )
{%- endmacro %}
