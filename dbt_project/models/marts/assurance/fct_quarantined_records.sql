{{ config(
    unique_key='quarantined_record_key',
    indexes=[{'columns': ['_built_in']}]
) }}

with

records as (

    select * from {{ source('quarantine', 'records') }}

),

deliveries as (

    select * from {{ source('ledger', 'deliveries') }}

),

described as (

    select
        left(
            encode(
                sha256(
                    convert_to(
                        deliveries.sha256 || '|' || records.row_number || '|' || records.rule_id, 'UTF8'
                    )
                ),
                'hex'
            ),
            32
        ) as quarantined_record_key,
        left(deliveries.sha256, 32) as delivery_key,
        records.feed,
        records.row_number,
        records.rule_id,
        records.field_name,
        records.state as state_code,
        records.quarantined_at,
        records.settled_at
    from records
    inner join deliveries on records.delivery_id = deliveries.delivery_id

),

fct_quarantined_records as (

    select
        described.*,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from described
    {{ unless_built('described', 'quarantined_record_key', [
        'state_code', 'field_name', 'quarantined_at', 'settled_at'
    ]) }}

)

select * from fct_quarantined_records
