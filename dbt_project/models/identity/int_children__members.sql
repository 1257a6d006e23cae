{{ config(
    unique_key='record_key',
    indexes=[
        {'columns': ['record_key'], 'unique': true},
        {'columns': ['record_no'], 'unique': true},
        {'columns': ['child_key']},
        {'columns': ['component_no']},
        {'columns': ['_built_in']}
    ],
    pre_hook="{{ forget_unpublished_keys() }}",
    post_hook="{{ remember_keys() }}"
) }}

with

standardised as not materialized (

    select * from {{ ref('int_person_records__standardised') }}

),

child_groups as not materialized (

    select * from {{ ref('int_children__groups') }}

),

child_keys as not materialized (

    select * from {{ source('child_registry', 'child_keys') }}

),

history as not materialized (

    select * from {{ source('child_registry', 'child_key_history') }}

),

{% if is_incremental() %}

questioned_records as materialized (

    select standardised.record_no from standardised
    where {{ is_touched('standardised') }}
    union
    select child_groups.record_no from child_groups
    where {{ is_touched('child_groups') }}

),

{% endif %}

-- A record without a link is a child of its own, whatever is known of it.
questioned as materialized (

    select
        standardised.record_key,
        standardised.record_no,
        standardised.person_scope,
        standardised.agency_person_id,
        standardised._is_retracted,
        coalesce(standardised.adoption_side_code = 'PRE', false) as is_sealed,
        coalesce(child_groups.component_no, standardised.record_no) as component_no,
        coalesce(child_groups.group_no, standardised.record_no) as group_no,
        child_groups.conflict_code,
        first_value(standardised.record_key) over (
            partition by coalesce(child_groups.group_no, standardised.record_no)
            order by standardised.first_recorded_at nulls last, standardised.record_key
        ) as founding_record_key
    from standardised
    {% if is_incremental() %}
        inner join questioned_records on standardised.record_no = questioned_records.record_no
    {% endif %}
    left join child_groups on standardised.record_no = child_groups.record_no

),

-- Who bears a key now. The record from before an adoption keeps one only if it alone ever bore it.
borne as materialized (

    select
        questioned.record_key,
        questioned.group_no,
        history.child_key,
        child_keys.minted_in,
        child_keys.minted_for_record_key = questioned.record_key as is_founder,
        history.since_build,
        min(history.since_build) filter (where history.reason_code = 'MERGED') over (
            partition by history.child_key
        ) as merged_in
    from questioned
    inner join history on questioned.record_key = history.record_key and history.until_build is null
    inner join child_keys on history.child_key = child_keys.child_key
    where not questioned._is_retracted
        and (
            not questioned.is_sealed
            or (
                child_keys.minted_for_record_key = questioned.record_key
                and not exists (
                    select 1 from history as another
                    where another.child_key = history.child_key and another.record_key <> questioned.record_key
                        and another.until_build is null
                )
            )
        )

),

-- A child that is split keeps its key where most of its old records are: those it had before another was first
-- merged into it, then all; ties go to the record it was minted for.
claims as (

    select distinct on (child_key)
        child_key,
        group_no,
        minted_in
    from borne
    group by child_key, group_no, minted_in
    order by
        child_key asc,
        count(*) filter (where since_build < merged_in) desc,
        count(*) desc,
        bool_or(is_founder) desc,
        group_no asc

),

-- Of children that are merged the oldest key stays.
oldest as (

    select distinct on (group_no)
        group_no,
        child_key
    from claims
    order by group_no asc, minted_in asc, child_key asc

),

-- A key that gave way to an older one stays with the rest of its records, where they have none.
second_claims as (

    select distinct on (borne.child_key)
        borne.child_key,
        borne.group_no,
        borne.minted_in
    from borne
    where borne.child_key not in (select oldest.child_key from oldest)
        and borne.group_no not in (select oldest.group_no from oldest)
    group by borne.child_key, borne.group_no, borne.minted_in
    order by borne.child_key asc, count(*) desc, bool_or(borne.is_founder) desc, borne.group_no asc

),

kept as (

    select
        group_no,
        child_key
    from oldest
    union all
    select
        runner_up.group_no,
        runner_up.child_key
    from (
        select distinct on (group_no)
            group_no,
            child_key
        from second_claims
        order by group_no asc, minted_in asc, child_key asc
    ) as runner_up

),

keyless as (

    select
        questioned.record_key,
        questioned.group_no,
        questioned.is_sealed
    from questioned
    where not questioned._is_retracted
        and not exists (
            select 1 from kept
            where kept.group_no = questioned.group_no
        )

),

-- A key that nobody bears comes back to a group that holds at least half of those who bore it last.
keys_to_return as (

    select distinct on (past.child_key)
        past.child_key,
        keyless.group_no,
        count(*) as record_count,
        max(past.until_build) as until_build
    from keyless
    inner join history as past on keyless.record_key = past.record_key and past.until_build is not null
    where not keyless.is_sealed
        and not exists (
            select 1 from history as present
            where present.child_key = past.child_key and present.until_build is null
        )
        and past.until_build = (
            select max(last_borne.until_build) from history as last_borne
            where last_borne.child_key = past.child_key and last_borne.until_build is not null
        )
    group by past.child_key, keyless.group_no
    having count(*) * 2 >= (
        select count(*) from history as last_bearer
        where last_bearer.child_key = past.child_key and last_bearer.until_build = max(past.until_build)
    )
    order by past.child_key asc, record_count desc, keyless.group_no asc

),

restored as (

    select distinct on (group_no)
        group_no,
        child_key
    from keys_to_return
    order by group_no asc, record_count desc, until_build desc, child_key asc

),

numbered as (

    select
        questioned.*,
        kept.child_key as kept_key,
        restored.child_key as restored_key,
        case
            when kept.child_key is null and restored.child_key is null then (
                select count(*) from child_keys as minted
                where minted.minted_for_record_key = questioned.founding_record_key
            )
        end as mint_no
    from questioned
    left join kept on questioned.group_no = kept.group_no and not questioned._is_retracted
    left join restored on questioned.group_no = restored.group_no and not questioned._is_retracted

),

members as (

    select
        record_key,
        record_no,
        person_scope,
        agency_person_id,
        component_no,
        group_no,
        conflict_code,
        founding_record_key,
        coalesce(kept_key, restored_key, {{ minted_key('founding_record_key', 'mint_no') }}) as child_key,
        case
            when kept_key is not null then 'KEPT'
            when restored_key is not null then 'RESTORED'
            else 'MINTED'
        end as key_code,
        mint_no,
        {{ build_no() }}::bigint as _built_in,
        _is_retracted
    from numbered

)

select * from members
