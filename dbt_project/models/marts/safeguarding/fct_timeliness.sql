{{ config(
    unique_key='timeliness_key',
    indexes=[{'columns': ['_built_in']}, {'columns': ['contact_key']}]
) }}

with

segments as (

    select * from {{ ref('jny_front_door_segments') }}
    {% if is_incremental() %}
        where {{ is_touched('jny_front_door_segments') }}
    {% endif %}

),

fct_timeliness as (

    select
        {{ mart_key('segment', "segments.contact_id || '|' || segments.segment_code || '|' || segments.part_id") }}
            as timeliness_key,
        {{ mart_key('contact', 'segments.contact_id') }} as contact_key,
        segments.segment_code,
        segments.child_key,
        segments.rag_code,
        segments.started_at,
        segments.due_at,
        segments.done_at,
        {{ build_no() }}::bigint as _built_in,
        segments._is_retracted
    from segments

)

select * from fct_timeliness
