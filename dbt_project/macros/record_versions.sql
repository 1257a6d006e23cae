{% macro record_versions(staged) %}
with

staged as (

    select * from {{ staged }}
    {% if is_incremental() %}
        where {{ is_in_batch() }}
    {% endif %}

),

versions as (

    select
        staged.*,
        -- What the supplier's system said from then on; when it arrived is _received_at.
        _extract_at as recorded_from_at,
        {{ build_no() }}::bigint as _version_built_in,
        false as _is_withdrawn
    from staged

)

select * from versions
{% endmacro %}

{% macro current_records(versions, key) %}
with

versions as (

    select * from {{ versions }}
    {% if is_incremental() %}
        where {{ key }} in (
            select touched.{{ key }} from {{ versions }} as touched
            where touched._version_built_in = {{ build_no() }}
        )
    {% endif %}

),

latest_versions as (

    -- Total order of a record's versions, whatever order its deliveries arrived in.
    select distinct on ({{ key }}) versions.*
    from versions
    order by
        {{ key }},
        _is_withdrawn,
        _extract_at desc nulls last,
        _sequence_no desc nulls last,
        record_version desc nulls last,
        last_updated_at desc nulls last,
        _row_number desc,
        _delivery_id desc

),

current_records as (

    select
        latest_versions.*,
        {{ build_no() }}::bigint as _built_in,
        _is_withdrawn or coalesce(record_action_code = 'PURGE', false) as _is_retracted
    from latest_versions

)

select * from current_records
{% endmacro %}
