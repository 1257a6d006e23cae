{{ config(
    unique_key='missing_episode_key',
    indexes=[{'columns': ['_built_in']}, {'columns': ['child_key']}]
) }}

-- Read in increments only, where dbt does not look for references.
-- depends_on: {{ ref('jny_return_interviews__versions') }}

with

missing_episodes as (

    select * from {{ ref('jny_missing_episodes') }}

),

return_interviews as (

    select * from {{ ref('jny_return_interviews') }}

),

child_events as (

    select * from {{ ref('jny_child_events') }}

),

{% if is_incremental() %}

-- An episode more or less changes how many its child's other episodes count.
episodes_in_question as (

    select child_events.event_id
    from child_events
    where child_events.event_code = 'missing_episodes'
        and child_events.child_key in (
            select touched.child_key from {{ ref('jny_child_events') }} as touched
            where touched.event_code = 'missing_episodes' and {{ is_touched('touched') }}
        )
    union
    {{ touched_references('return_interviews', 'return_interview_id', 'missing_episode_id') }}

),

{% endif %}

episodes as (

    select
        missing_episodes.*,
        child_events.child_key
    from missing_episodes
    inner join child_events
        on missing_episodes.missing_episode_id = child_events.event_id and child_events.event_code = 'missing_episodes'
    {% if is_incremental() %}
        where missing_episodes.missing_episode_id in (select episodes_in_question.event_id from episodes_in_question)
    {% endif %}

),

earlier_episodes as (

    select
        episodes.missing_episode_id,
        count(*)::integer as episode_count
    from episodes
    inner join child_events
        on episodes.child_key = child_events.child_key and child_events.event_code = 'missing_episodes'
    inner join missing_episodes as earlier on child_events.event_id = earlier.missing_episode_id
    where not earlier._is_retracted
        and earlier.status_code is distinct from 'CANCELLED'
        -- 90 days of 24 hours, whatever the session's time zone.
        and earlier.reported_at > episodes.reported_at - interval '2160 hours'
        and earlier.reported_at <= episodes.reported_at
    group by episodes.missing_episode_id

),

interviews as (

    select
        missing_episode_id,
        min(offered_at) as offered_at,
        min(completed_at) as completed_at,
        (
            array_agg(
                {{ interview_outcome() }}
                order by completed_at asc nulls last, offered_at desc nulls last, return_interview_id asc
            )
        )[1] as outcome_code
    from return_interviews
    where not _is_retracted
        and missing_episode_id in (select episodes.missing_episode_id from episodes)
    group by missing_episode_id

),

judged as (

    select
        episodes.*,
        coalesce(episodes.risk_current_code, episodes.risk_initial_code) as risk_code,
        coalesce(
            episodes.risk_flag_codes && array['CSE', 'CCE', 'GANG', 'COUNTY_LINES', 'TRAFFICKING'], false
        ) as has_exploitation_flag,
        -- The police know of episodes before our first delivery; theirs do not include this one.
        greatest(
            coalesce(earlier_episodes.episode_count, 0), coalesce(episodes.prior_episodes_90d_count, 0) + 1
        ) as episodes_90d_count,
        episodes.found_at is not null
        and coalesce(episodes.status_code <> 'CANCELLED', true)
        and coalesce(episodes.returned_to_type_code <> 'FOUND_DECEASED', true)
        and coalesce(episodes.responsible_la_code = episodes._la_code, true) as is_interview_required,
        interviews.offered_at,
        interviews.completed_at,
        interviews.outcome_code
    from episodes
    left join earlier_episodes on episodes.missing_episode_id = earlier_episodes.missing_episode_id
    -- No interview was recorded for it.
    left join interviews on episodes.missing_episode_id = interviews.missing_episode_id

),

fct_missing_episodes as (

    select
        {{ mart_key('missing_episode', 'missing_episode_id') }} as missing_episode_key,
        child_key,
        reported_at,
        last_seen_at,
        found_at,
        status_code,
        risk_code,
        -- Unknown is not looked after; a looked-after child is looked after in the council's own record.
        coalesce(is_looked_after, false) as is_looked_after,
        responsible_la_code,
        has_exploitation_flag,
        episodes_90d_count::integer as episodes_90d_count,
        is_interview_required,
        case
            when is_interview_required
                then {{ function('due_at') }}('return_interview', null, found_at, found_at_precision)
        end as interview_due_at,
        offered_at as interview_offered_at,
        completed_at as interview_completed_at,
        outcome_code as interview_outcome_code,
        coalesce(risk_code = 'H', false) or has_exploitation_flag or episodes_90d_count >= 3 as is_high_priority,
        _is_held as is_held,
        {{ build_no() }}::bigint as _built_in,
        _is_retracted
    from judged

)

select * from fct_missing_episodes
