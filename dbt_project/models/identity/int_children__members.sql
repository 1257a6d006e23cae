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
        questioned.group_no,
        history.child_key
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
        and not exists (
            select 1 from settled
            where settled.group_no = questioned.group_no
        )

),

-- Who they were, at any time.
pasts as materialized (

    {% for part in ['is null', 'is not null'] %}
        select
            regrouped.record_key,
            regrouped.group_no,
            history.child_key,
            history.since_build,
            history.until_build
        from regrouped
        inner join history on regrouped.record_key = history.record_key and history.until_build {{ part }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- The keys they once had and that nobody else has now.
free_keys as materialized (

    select
        pasts.child_key,
        bool_or(pasts.until_build is null) as is_borne
    from pasts
    where pasts.child_key not in (select settled.child_key from settled)
    group by pasts.child_key
    having not exists (
        select 1 from history as present
        where present.child_key = pasts.child_key and present.until_build is null
            and present.record_key not in (select questioned.record_key from questioned)
    )

),

-- Everybody who ever bore one of these keys and is still spoken of.
bearers as materialized (

    {% for part in ['is null', 'is not null'] %}
        select
            history.child_key,
            history.record_key,
            regrouped.group_no,
            history.since_build,
            history.until_build,
            history.reason_code
        from free_keys
        inner join history on free_keys.child_key = history.child_key and history.until_build {{ part }}
        left join regrouped on history.record_key = regrouped.record_key
        where regrouped.record_key is not null
            or exists (
                select 1 from history as elsewhere
                where elsewhere.record_key = history.record_key and elsewhere.until_build is null
                    and elsewhere.record_key not in (select questioned.record_key from questioned)
            )
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

options as materialized (

    select
        group_no,
        child_key
    from bearers
    where group_no is not null
    group by group_no, child_key

),

-- The builds in which a key passed from somebody or to somebody.
moments as materialized (

    select
        child_key,
        since_build as build_no
    from bearers
    union
    select
        child_key,
        until_build as build_no
    from bearers
    where until_build is not null

),

-- How a group of today stood in such a build: how many of it there were ...
presences as (

    select
        options.group_no,
        options.child_key,
        moments.build_no,
        count(*) as present_count
    from options
    inner join moments on options.child_key = moments.child_key
    inner join pasts
        on options.group_no = pasts.group_no
        and moments.build_no >= pasts.since_build
        and (moments.build_no < pasts.until_build or pasts.until_build is null)
    group by options.group_no, options.child_key, moments.build_no

),

-- ... how many bore the key, and how many of these are in the group.
stood as (

    select
        options.group_no,
        options.child_key,
        moments.build_no,
        coalesce(max(presences.present_count), 0) as present_count,
        count(*) as bearer_count,
        count(*) filter (where bearers.group_no = options.group_no) as shared_count
    from options
    inner join moments on options.child_key = moments.child_key
    inner join bearers
        on options.child_key = bearers.child_key
        and moments.build_no >= bearers.since_build
        and (moments.build_no < bearers.until_build or bearers.until_build is null)
    left join presences
        on options.group_no = presences.group_no
        and options.child_key = presences.child_key
        and moments.build_no = presences.build_no
    group by options.group_no, options.child_key, moments.build_no

),

first_builds as (

    select
        group_no,
        min(since_build) as first_build
    from pasts
    group by group_no

),

-- Since when each of the groups that hold a key's bearers has had somebody: builds before that say nothing of them.
arrivals as (

    select
        options.child_key,
        max(first_builds.first_build) as first_build
    from options
    inner join first_builds on options.group_no = first_builds.group_no
    group by options.child_key

),

-- A key passes only to those who share a record with everybody who ever bore it, as far as they were there: so no two
-- groups of one build can each have been its child, whoever comes back.
candidates as materialized (

    select
        stood.group_no,
        stood.child_key,
        -- When they were last exactly the child of this key, newcomers apart.
        max(stood.build_no) filter (
            where stood.shared_count = stood.bearer_count
                and stood.shared_count = stood.present_count
                and stood.build_no >= arrivals.first_build
        ) as matched_in
    from stood
    inner join arrivals on stood.child_key = arrivals.child_key
    group by stood.group_no, stood.child_key
    having bool_and(stood.shared_count > 0 or stood.present_count = 0)

),

returned as materialized (

    select distinct on (latest.child_key)
        latest.child_key,
        latest.group_no
    from (
        select distinct on (group_no)
            group_no,
            child_key,
            matched_in
        from candidates
        where matched_in is not null
        order by group_no asc, matched_in desc, child_key asc
    ) as latest
    order by latest.child_key asc, latest.matched_in desc, latest.group_no asc

),

-- Of a key whose group is new: who bore it last.
last_bearers as materialized (

    select
        ranked.*,
        count(*) over (partition by ranked.child_key) as bearer_count
    from (
        select
            bearers.*,
            rank() over (partition by bearers.child_key order by bearers.until_build desc nulls first) as place
        from bearers
    ) as ranked
    where ranked.place = 1

),

-- It stays where most of these are: of those who were not first another child, then of all; ties go to where no older
-- key is, then to the record it was minted for. One that nobody bears comes back for at least half of them.
claims as (

    select distinct on (candidates.child_key)
        candidates.child_key,
        candidates.group_no,
        child_keys.minted_in
    from candidates
    inner join last_bearers
        on candidates.group_no = last_bearers.group_no and candidates.child_key = last_bearers.child_key
    inner join child_keys on candidates.child_key = child_keys.child_key
    where candidates.group_no not in (select returned.group_no from returned)
        and candidates.child_key not in (select returned.child_key from returned)
    group by candidates.child_key, candidates.group_no, child_keys.minted_in
    having bool_or(last_bearers.until_build is null) or count(*) * 2 >= max(last_bearers.bearer_count)
    order by
        candidates.child_key asc,
        count(*) filter (where last_bearers.reason_code <> 'MERGED') desc,
        count(*) desc,
        rank() over (
            partition by candidates.group_no order by child_keys.minted_in, candidates.child_key
        ) asc,
        bool_or(child_keys.minted_for_record_key = last_bearers.record_key) desc,
        candidates.group_no asc

),

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

numbered as (

    select
        questioned.*,
        kept.child_key as kept_key,
        coalesce(free_keys.is_borne, true) as is_borne,
        case
            when kept.child_key is null then (
                select count(*) from child_keys as minted
                where minted.minted_for_record_key = questioned.founding_record_key
            )
        end as mint_no
    from questioned
    left join kept on questioned.group_no = kept.group_no and not questioned._is_retracted
    left join free_keys on kept.child_key = free_keys.child_key

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
        coalesce(kept_key, {{ minted_key('founding_record_key', 'mint_no') }}) as child_key,
        case
            when kept_key is null then 'MINTED'
            when is_borne then 'KEPT'
            else 'RESTORED'
        end as key_code,
        mint_no,
        {{ build_no() }}::bigint as _built_in,
        _is_retracted
    from numbered

)

select * from members
