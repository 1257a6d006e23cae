{#- Which of the keys people once bore come back to which group of today, as CTEs of int_children__members; why so:
    docs/decisions/0007-child-keys.md. They read its `questioned`, `settled`, `regrouped`, `history` and `child_keys`, and
    give `free_keys` and `returned`. What is borne now and what was are asked apart: each has an index of its own. -#}
{% macro keys_that_come_back() -%}
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

-- Of each key a group may have, the builds in which it passed from somebody or to somebody.
moments as materialized (

    select
        options.group_no,
        options.child_key,
        passing.build_no
    from options
    inner join (
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
    ) as passing on options.child_key = passing.child_key

),

-- How a group of today stood in such a build: how many of it there were ...
presences as (

    select
        moments.group_no,
        moments.child_key,
        moments.build_no,
        count(*) as present_count
    from moments
    inner join pasts
        on moments.group_no = pasts.group_no
        and moments.build_no >= pasts.since_build
        and (moments.build_no < pasts.until_build or pasts.until_build is null)
    group by moments.group_no, moments.child_key, moments.build_no

),

-- ... how many bore the key, and how many of these are in the group.
stood as (

    select
        moments.group_no,
        moments.child_key,
        moments.build_no,
        coalesce(max(presences.present_count), 0) as present_count,
        count(*) as bearer_count,
        count(*) filter (where bearers.group_no = moments.group_no) as shared_count
    from moments
    inner join bearers
        on moments.child_key = bearers.child_key
        and moments.build_no >= bearers.since_build
        and (moments.build_no < bearers.until_build or bearers.until_build is null)
    left join presences
        on moments.group_no = presences.group_no
        and moments.child_key = presences.child_key
        and moments.build_no = presences.build_no
    group by moments.group_no, moments.child_key, moments.build_no

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
{%- endmacro %}

{#- Which of the others pass to a group that is new: `claims`. -#}
{% macro keys_of_new_groups() -%}
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
{%- endmacro %}
