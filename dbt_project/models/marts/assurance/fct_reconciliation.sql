{{ config(
    unique_key='delivery_key',
    indexes=[{'columns': ['_built_in']}]
) }}

with

deliveries as (

    select * from {{ source('ledger', 'deliveries') }}

),

counted as (

    select
        left(sha256, 32) as delivery_key,
        feed,
        source_org as source_org_code,
        received_at,
        state as state_code,
        line_count as received_count,
        structural_count,
        -- The ledger counts what has not been judged yet as accepted.
        case when state = 'landed' then 0 else accepted_count end as accepted_count,
        quarantined_count,
        rejected_count,
        case when state = 'landed' then accepted_count else 0 end as waiting_count,
        manifest_row_count
    from deliveries

),

reconciled as (

    select
        counted.*,
        received_count = structural_count + accepted_count + quarantined_count + rejected_count + waiting_count
        and coalesce(
            manifest_row_count = accepted_count + quarantined_count + rejected_count + waiting_count, true
        ) as is_reconciled
    from counted

),

fct_reconciliation as (

    select
        reconciled.*,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from reconciled
    {{ unless_built('reconciled', 'delivery_key', [
        'state_code', 'structural_count', 'accepted_count', 'quarantined_count', 'rejected_count', 'waiting_count'
    ]) }}

)

select * from fct_reconciliation
