{%- set keys, compared = [], ['former_record_no', 'repeated_record_no', 'flags', '_is_retracted'] -%}
{%- for rule in blocking_rules() -%}
    {%- do keys.append({'columns': [blocking_key(loop.index)]}) -%}
    {%- do compared.append(blocking_key(loop.index)) -%}
{%- endfor -%}
{{ config(
    unique_key='record_no',
    indexes=[
        {'columns': ['record_no'], 'unique': true},
        {'columns': ['former_record_no']},
        {'columns': ['repeated_record_no']},
        {'columns': ['_built_in']}
    ] + keys,
    pre_hook="{{ plan_by_size() }}"
) }}

with

all_spine as not materialized (

    select * from {{ ref('int_person_records__spine') }}

),

repeated as not materialized (

    select * from {{ ref('int_person_records__repeated') }}

),

{% if is_incremental() %}

touched as (

    select all_spine.record_no from all_spine
    where {{ is_touched('all_spine') }}
    union
    select repeated.record_no from repeated
    where {{ is_touched('repeated') }}

),

{% endif %}

spine as (

    select
        all_spine.*,
        repeated.repeated_record_no,
        all_spine._is_retracted or repeated.record_no is not null as is_kept_out
    from all_spine
    {% if is_incremental() %}
        inner join touched on all_spine.record_no = touched.record_no
    {% endif %}
    left join repeated on all_spine.record_no = repeated.record_no and not repeated._is_retracted

),

-- Apart from the spine, because every rule reads all of it.
keyed as (

    select
        record_no,
        case when not _is_retracted then former_record_no end as former_record_no,
        repeated_record_no,
        {{ blocking_keys(unless='is_kept_out') }},
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
