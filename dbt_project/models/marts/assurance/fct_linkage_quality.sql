{{ config(
    unique_key=['group_kind_code', 'group_code'],
    indexes=[{'columns': ['_built_in']}]
) }}

with

members as (

    select * from {{ ref('int_children__members') }}
    where not _is_retracted

),

standardised as (

    select * from {{ ref('int_person_records__standardised') }}

),

children as (

    select * from {{ ref('int_children') }}

),

grouped as (

    select
        record_group.group_kind_code,
        record_group.group_code,
        count(*)::integer as record_count,
        count(*) filter (where children.agency_count > 1)::integer as linked_count
    from members
    inner join standardised on members.record_no = standardised.record_no
    inner join children on members.child_key = children.child_key
    cross join lateral (
        values
        ('ETHNICITY', standardised.ethnicity_code),
        ('AGENCY', {{ agency_of('members.person_scope') }}),
        (
            'NAME_LENGTH',
            case
                when length(standardised.evident_forename || standardised.evident_surname) < 10 then 'SHORT'
                when length(standardised.evident_forename || standardised.evident_surname) < 16 then 'MIDDLING'
                when length(standardised.evident_forename || standardised.evident_surname) >= 16 then 'LONG'
            end
        )
    ) as record_group (group_kind_code, group_code)
    where record_group.group_code is not null
    group by record_group.group_kind_code, record_group.group_code

),

rated as (

    select
        group_kind_code,
        group_code,
        record_count,
        linked_count,
        round(linked_count::numeric / record_count, 4) as link_rate,
        round(
            sum(linked_count) over (partition by group_kind_code)::numeric
            / sum(record_count) over (partition by group_kind_code), 4
        ) as mean_link_rate
    from grouped

),

changed as (

    select
        rated.*,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from rated
    {{ unless_built('rated', ['group_kind_code', 'group_code'], ['record_count', 'linked_count', 'mean_link_rate']) }}

),

fct_linkage_quality as (

    select * from changed

    {% if is_incremental() %}

        union all

        -- A group of which no record is left.
        select
            gone.group_kind_code,
            gone.group_code,
            gone.record_count,
            gone.linked_count,
            gone.link_rate,
            gone.mean_link_rate,
            {{ build_no() }}::bigint as _built_in,
            true as _is_retracted
        from {{ this }} as gone
        where not gone._is_retracted
            and not exists (
                select 1 from rated
                where rated.group_kind_code = gone.group_kind_code
                    and rated.group_code = gone.group_code
            )

    {% endif %}

)

select * from fct_linkage_quality
