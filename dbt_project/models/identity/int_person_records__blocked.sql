{%- set keys, compared = [], ['former_record_no', 'flags', '_is_retracted'] -%}
{%- for rule in blocking_rules() -%}
    {%- do keys.append({'columns': [blocking_key(loop.index)]}) -%}
    {%- do compared.append(blocking_key(loop.index)) -%}
{%- endfor -%}
{{ config(
    unique_key='record_no',
    indexes=[
        {'columns': ['record_no'], 'unique': true},
        {'columns': ['former_record_no']},
        {'columns': ['_built_in']}
    ] + keys,
    pre_hook="{{ plan_by_size() }}"
) }}

with

spine as (

    select * from {{ ref('int_person_records__spine') }}
    {% if is_incremental() %}
        where {{ is_touched('int_person_records__spine') }}
    {% endif %}

),

-- Apart from the spine, because every rule reads all of it.
keyed as (

    select
        record_no,
        case when not _is_retracted then former_record_no end as former_record_no,
        {{ blocking_keys(unless='_is_retracted') }},
        flags,
        {{ build_no() }}::bigint as _built_in,
        _is_retracted
    from spine

),

blocked as (

    -- Whoever stays in the same blocks is not written again: it would cost as many index entries as there are rules.
    select keyed.* from keyed
    {{ unless_built('keyed', 'record_no', compared) }}

)

select * from blocked
