{{ config(
    unique_key='record_key',
    indexes=[
        {'columns': ['record_key'], 'unique': true},
        {'columns': ['record_no'], 'unique': true},
        {'columns': ['child_key']},
        {'columns': ['component_no']},
        {'columns': ['_built_in']}
    ],
    pre_hook=["{{ forget_unpublished_keys() }}", "{{ list_questioned_members() }}"],
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

-- A record without a link is a child of its own, whatever is known of it.
questioned as materialized (

    select
        standardised.record_key,
        standardised.record_no,
        standardised.person_scope,
        standardised.agency_person_id,
        standardised._is_retracted,
        {{ is_touched('standardised') }} as is_touched,
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
        inner join questioned_members on standardised.record_no = questioned_members.record_no
    {% endif %}
    left join child_groups on standardised.record_no = child_groups.record_no

),

-- Who bears a key now. The record from before an adoption keeps one only if it alone ever bore it.
borne as materialized (

    select
        questioned.group_no,
        history.child_key
    from questioned
    inner join history on questioned.record_key = history.record_key and history.until_build is null
    where not questioned._is_retracted
        and (
            not questioned.is_sealed
            or (
                questioned.record_key = (
                    select minted.minted_for_record_key from child_keys as minted
                    where minted.child_key = history.child_key
                )
                and not exists (
                    select 1 from history as another
                    where another.child_key = history.child_key and another.record_key <> questioned.record_key
                        and another.until_build is null
                )
            )
        )
    group by questioned.group_no, history.child_key

),

-- Who is together with the same people, or with newcomers besides, stays who it is.
settled as materialized (

    select
        together.group_no,
        together.child_key
    from (
        select
            group_no,
            child_key,
            count(*) over (partition by group_no) as key_count,
            count(*) over (partition by child_key) as group_count
        from borne
    ) as together
    where together.key_count = 1 and together.group_count = 1

),

regrouped as materialized (

    select
        questioned.record_key,
        questioned.group_no
    from questioned
    where not questioned._is_retracted
        and not questioned.is_sealed
        and questioned.group_no not in (select settled.group_no from settled)

),

{{ keys_that_come_back() }}

{{ keys_of_new_groups() }}

kept as materialized (

    select
        group_no,
        child_key
    from settled
    union all
    select
        group_no,
        child_key
    from returned
    union all
    -- Of children that are merged the oldest key stays.
    select
        oldest.group_no,
        oldest.child_key
    from (
        select distinct on (group_no)
            group_no,
            child_key
        from claims
        order by group_no asc, minted_in asc, child_key asc
    ) as oldest

),

-- One key a group: of its first record, when nobody in it bears one.
group_keys as materialized (

    select
        numbered.group_no,
        numbered.mint_no,
        numbered.key_code,
        coalesce(numbered.kept_key, {{ minted_key('numbered.founding_record_key', 'numbered.mint_no') }}) as child_key
    from (
        select
            founder.group_no,
            founder.founding_record_key,
            kept.child_key as kept_key,
            case when kept.child_key is null then {{ free_mint_no('founder.founding_record_key') }} end as mint_no,
            case
                when kept.child_key is null then 'MINTED'
                when coalesce(free_keys.is_borne, true) then 'KEPT'
                else 'RESTORED'
            end as key_code
        from questioned as founder
        left join kept on founder.group_no = kept.group_no
        left join free_keys on kept.child_key = free_keys.child_key
        where founder.record_key = founder.founding_record_key
        -- Counted once, though it is named twice.
        offset null -- noqa: AM09
    ) as numbered

),

named as (

    select
        questioned.*,
        group_keys.child_key,
        group_keys.key_code,
        group_keys.mint_no
    from questioned
    inner join group_keys on questioned.group_no = group_keys.group_no

),

{% if is_incremental() %}

-- Asked by number, of which the planner knows how many there are: it would read all members otherwise.
earlier_members as materialized (

    select
        built.record_key,
        built.child_key
    from questioned_members
    inner join {{ this }} as built on questioned_members.record_no = built.record_no
    where not built._is_retracted

),

left_children as (

    select earlier_members.child_key
    from named
    inner join earlier_members on named.record_key = earlier_members.record_key
    where earlier_members.child_key <> named.child_key

),

{% endif %}

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
        child_key,
        key_code,
        mint_no,
        {{ build_no() }}::bigint as _built_in,
        _is_retracted
    from named
    {% if is_incremental() %}
        -- Whoever stays as they were published is not written again, so that nothing is made anew of them; unless
        -- somebody left them: what is counted of a child is another number then.
        where is_touched
            or child_key in (select left_children.child_key from left_children)
            or not {{ is_built('named', 'record_key', [
                'child_key', 'founding_record_key', 'component_no', 'group_no', 'conflict_code', '_is_retracted'
            ]) }}
    {% endif %}

)

select * from members
