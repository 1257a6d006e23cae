{{ config(
    unique_key=['left_record_key', 'right_record_key'],
    indexes=[
        {'columns': ['left_record_key', 'right_record_key'], 'unique': true},
        {'columns': ['right_record_key']},
        {'columns': ['_built_in']}
    ]
) }}

with

standardised as not materialized (

    select * from {{ ref('int_person_records__standardised') }}

),

blocked as not materialized (

    select * from {{ ref('int_person_records__blocked') }}

),

{% if is_incremental() %}

-- A block that somebody joins or leaves concerns all who are in it: it may now be over its cap, or below it.
touched_blocks as (

    select block_key from blocked
    where {{ is_touched('blocked') }}
    group by block_key

),

affected_records as (

    select standardised.record_key from standardised
    where {{ is_touched('standardised') }}
    union
    select blocked.record_key
    from touched_blocks
    inner join blocked on touched_blocks.block_key = blocked.block_key

),

{% endif %}

memberships as (

    select
        blocked.record_key,
        blocked.block_kind_code,
        blocked.block_key
    from blocked
    {% if is_incremental() %}
        inner join affected_records on blocked.record_key = affected_records.record_key
    {% endif %}
    where not blocked._is_retracted

),

blocks as (

    {% if is_incremental() %}

        select
            blocked.block_key,
            count(*) as record_count
        from (
            select memberships.block_key
            from memberships
            group by memberships.block_key
        ) as block
        inner join blocked on block.block_key = blocked.block_key
        where not blocked._is_retracted
        group by blocked.block_key

    {% else %}

        select
            block_key,
            count(*) as record_count
        from memberships
        group by block_key

    {% endif %}

),

compared_memberships as (

    select memberships.*
    from memberships
    inner join blocks on memberships.block_key = blocks.block_key
    -- A value this many records share says nothing; int_blocks__oversized reports it.
    where blocks.record_count between 2 and {{ var('block_cap', 50) }}

),

candidates as (

    select
        earlier.record_key as left_record_key,
        later.record_key as right_record_key,
        bool_or(earlier.block_kind_code = 'council') as is_found_by_agency_id,
        bool_or(earlier.block_kind_code = 'nhs') as is_found_by_nhs_number,
        bool_or(earlier.block_kind_code = 'upn') as is_found_by_upn,
        bool_or(earlier.block_kind_code = 'home') as is_found_by_home
    from compared_memberships as earlier
    inner join compared_memberships as later
        on earlier.block_key = later.block_key
        and earlier.record_key < later.record_key
    group by earlier.record_key, later.record_key

),

compared as (

    select
        candidates.*,
        coalesce(earlier.evident_birth_date = later.evident_birth_date, false) as is_same_birth_date,
        {{ is_alike('earlier.evident_forename', 'later.evident_forename') }} as is_alike_forename,
        {{ is_alike('earlier.evident_surname', 'later.evident_surname') }} as is_alike_surname,
        coalesce(earlier.evident_forename = later.evident_forename, false) as is_same_forename,
        earlier.is_nhs_number_verified and later.is_nhs_number_verified as is_verified_by_both,
        coalesce(
            earlier.sex_code in ('M', 'F') and later.sex_code in ('M', 'F') and earlier.sex_code <> later.sex_code,
            false
        ) as is_other_sex,
        earlier.is_restricted or later.is_restricted as is_restricted,
        coalesce(
            earlier.person_scope = 'council' and later.person_scope = 'council'
            and (earlier.adoption_side_code = 'POST' or later.adoption_side_code = 'POST'),
            false
        ) as is_adoption_pair,
        earlier.is_nhs_number_verified and later.is_nhs_number_verified
        and earlier.evident_nhs_number <> later.evident_nhs_number as is_nhs_conflict,
        coalesce(
            earlier.person_scope = later.person_scope
            and (
                earlier.mother_agency_person_id = later.agency_person_id
                or later.mother_agency_person_id = earlier.agency_person_id
            ),
            false
        ) as is_mother_and_child
    from candidates
    inner join standardised as earlier on candidates.left_record_key = earlier.record_key
    inner join standardised as later on candidates.right_record_key = later.record_key

),

-- domain.md 4.4: an identifier is believed when who it names agrees; nobody links on name and birth date alone.
supported as (

    select
        compared.*,
        is_found_by_nhs_number
        and (
            (is_verified_by_both and (is_same_birth_date or (is_alike_forename and is_alike_surname)))
            or (is_same_birth_date and (is_alike_forename or is_alike_surname))
        ) as is_supported_by_nhs_number,
        is_found_by_upn and is_same_birth_date as is_supported_by_upn,
        is_found_by_home and is_same_forename as is_supported_by_home
    from compared

),

ruled as (

    select
        supported.*,
        case
            when is_found_by_agency_id then 'AGENCY_ID'
            when is_supported_by_nhs_number then 'NHS_NUMBER'
            when is_supported_by_upn then 'UPN'
            when is_supported_by_home then 'NAME_BIRTH_POSTCODE'
            when is_found_by_nhs_number then 'NHS_NUMBER'
            when is_found_by_upn then 'UPN'
            else 'NAME_BIRTH_POSTCODE'
        end as match_rule_code,
        is_found_by_agency_id or is_supported_by_nhs_number or is_supported_by_upn or is_supported_by_home
            as is_supported
    from supported

),

judged as (

    select
        ruled.*,
        case
            when is_adoption_pair then 'ADOPTION'
            when is_restricted then 'RESTRICTED'
            when is_nhs_conflict then 'NHS_CONFLICT'
            when is_mother_and_child then 'MOTHERS_NHS'
            when is_other_sex and match_rule_code <> 'AGENCY_ID'
                and (match_rule_code = 'NAME_BIRTH_POSTCODE' or not is_alike_forename)
                then 'SEX_CONFLICT'
            -- Same birth date, surname and home, another forename: twins, until an identifier says otherwise.
            when not is_supported and is_found_by_home then 'TWIN'
            when not is_supported then 'NAME_BIRTH_CONFLICT'
        end as veto_code
    from ruled

),

pairs as (

    select
        left_record_key,
        right_record_key,
        match_rule_code,
        case match_rule_code
            when 'AGENCY_ID' then 4
            when 'NHS_NUMBER' then 3
            when 'UPN' then 2
            else 1
        end as strength,
        veto_code,
        veto_code is null as is_linked,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from judged

    {% if is_incremental() %}

        union all

        -- Pairs that were found before and are no longer.
        select
            earlier.left_record_key,
            earlier.right_record_key,
            earlier.match_rule_code,
            earlier.strength,
            earlier.veto_code,
            false as is_linked,
            {{ build_no() }}::bigint as _built_in,
            true as _is_retracted
        from {{ this }} as earlier
        where earlier.left_record_key in (select affected_records.record_key from affected_records)
            and earlier.right_record_key in (select affected_records.record_key from affected_records)
            and not exists (
                select 1 from judged
                where judged.left_record_key = earlier.left_record_key
                    and judged.right_record_key = earlier.right_record_key
            )

    {% endif %}

)

select * from pairs
