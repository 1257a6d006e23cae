{{ config(
    unique_key='delivery_key',
    indexes=[{'columns': ['_built_in']}]
) }}

with

deliveries as (

    select * from {{ source('ledger', 'deliveries') }}

),

effective_deliveries as (

    select * from {{ source('ledger', 'effective_deliveries') }}

),

arrivals as (

    select
        delivery_id,
        count(*)::integer as arrival_count
    from {{ source('ledger', 'arrivals') }}
    where delivery_id is not null
    group by delivery_id

),

column_drift as (

    select
        delivery_id,
        count(*)::integer as drifted_column_count
    from {{ source('ledger', 'column_drift') }}
    group by delivery_id

),

described as (

    select
        left(deliveries.sha256, 32) as delivery_key,
        deliveries.feed,
        deliveries.source_org as source_org_code,
        deliveries.la_code,
        deliveries.file_name,
        deliveries.contract_version,
        deliveries.sequence_no,
        deliveries.period_from_at,
        deliveries.period_to_at,
        deliveries.extract_at,
        deliveries.received_at,
        deliveries.settled_at,
        deliveries.state as state_code,
        deliveries.rejected_rule_id,
        deliveries.is_nil_return,
        deliveries.is_full,
        effective_deliveries.delivery_id is not null as is_effective,
        -- A delivery arrived at least once.
        coalesce(arrivals.arrival_count, 1) as arrival_count,
        deliveries.byte_count,
        coalesce(column_drift.drifted_column_count, 0) as drifted_column_count
    from deliveries
    left join effective_deliveries on deliveries.delivery_id = effective_deliveries.delivery_id
    left join arrivals on deliveries.delivery_id = arrivals.delivery_id
    left join column_drift on deliveries.delivery_id = column_drift.delivery_id

),

fct_deliveries as (

    select
        described.*,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from described
    {{ unless_built('described', 'delivery_key', [
        'received_at', 'settled_at', 'state_code', 'is_effective', 'arrival_count', 'drifted_column_count'
    ]) }}

)

select * from fct_deliveries
