{{ config(
    unique_key=['left_record_key', 'right_record_key'],
    indexes=[
        {'columns': ['left_record_key', 'right_record_key'], 'unique': true},
        {'columns': ['right_record_key']},
        {'columns': ['_built_in']}
    ]
) }}

with

standardised as (

    select * from {{ ref('int_person_records__standardised') }}

),

{% if is_incremental() %}

touched_records as (

    select
        record_key,
        block_keys || previous_block_keys as block_keys
    from standardised
    where {{ is_touched('standardised') }}

),

-- A block that grows over its cap, or shrinks below it, concerns all who are in it.
affected_records as (

    select record_key from touched_records
    union all
    select standardised.record_key
    from standardised
    inner join (
        select distinct unnest(touched_records.block_keys) as block_key from touched_records
    ) as touched_blocks
        on standardised.block_keys @> array[touched_blocks.block_key]

),

blocks_in_question as (

    select
        block.block_key,
        count(*) as record_count
    from (
        select distinct block_key
        from standardised
        cross join lateral unnest(standardised.block_keys) as own (block_key)
        where standardised.record_key in (select affected_records.record_key from affected_records)
    ) as block
    inner join standardised on standardised.block_keys @> array[block.block_key]
    group by block.block_key

),

records_in_question as (

    select standardised.* from standardised
    where standardised.record_key in (select affected_records.record_key from affected_records)

),

{% else %}

blocks_in_question as (

    select
        own.block_key,
        count(*) as record_count
    from standardised
    cross join lateral unnest(standardised.block_keys) as own (block_key)
    group by own.block_key

),

records_in_question as (

    select * from standardised

),

{% endif %}

memberships as (

    select
        own.block_key,
        split_part(own.block_key, ':', 1) as block_kind,
        records_in_question.record_key
    from records_in_question
    cross join lateral unnest(records_in_question.block_keys) as own (block_key)
    inner join blocks_in_question
        on own.block_key = blocks_in_question.block_key
    -- A value this many records share says nothing; int_blocks__oversized reports it.
    where blocks_in_question.record_count between 2 and {{ var('block_cap', 50) }}

),

candidates as (

    select
        earlier.record_key as left_record_key,
        later.record_key as right_record_key,
        bool_or(earlier.block_kind = 'council') as is_found_by_agency_id,
        bool_or(earlier.block_kind = 'nhs') as is_found_by_nhs_number,
        bool_or(earlier.block_kind = 'upn') as is_found_by_upn,
        bool_or(earlier.block_kind = 'home') as is_found_by_home
    from memberships as earlier
    inner join memberships as later
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
    inner join records_in_question as earlier on candidates.left_record_key = earlier.record_key
    inner join records_in_question as later on candidates.right_record_key = later.record_key

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
