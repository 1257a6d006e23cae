{{ config(
    unique_key=['contact_id', 'segment_code', 'part_id'],
    indexes=[
        {'columns': ['contact_id', 'segment_code', 'part_id'], 'unique': true},
        {'columns': ['_built_in']}
    ]
) }}

with

timeline as (

    select * from {{ ref('jny_front_door_timeline') }}
    {% if is_incremental() %}
        where {{ is_touched('jny_front_door_timeline') }}
    {% endif %}

),

agency_checks as (

    select * from {{ ref('jny_agency_checks') }}

),

checks as (

    select
        timeline.contact_id,
        timeline.enquiry_rag_code,
        timeline.enquiry_rag_codes,
        timeline.enquiry_started_at,
        timeline.enquiry_started_at_precision,
        agency_checks.agency_check_id,
        agency_checks.requested_at,
        agency_checks.requested_at_precision,
        agency_checks.returned_at
    from timeline
    inner join agency_checks on timeline.mash_enquiry_id = agency_checks.mash_enquiry_id
    where not agency_checks._is_retracted
        and (agency_checks.is_expected or agency_checks.requested_at is not null)
        -- What was waived is not waited for.
        and agency_checks.status_code is distinct from 'WAIVED'

),

-- A part tells the agencies' checks of G5 and G6 apart; the other segments have one.
parts as (

    select
        timeline.contact_id,
        segment.segment_code,
        '' as part_id,
        segment.rag_code,
        segment.rag_codes,
        segment.started_at,
        segment.started_at_precision,
        segment.done_at
    from timeline
    cross join lateral (
        values
        ('G1', timeline.rag_code, timeline.contact_rag_codes, timeline.submitted_at, 'datetime', timeline.received_at),
        (
            'G2', timeline.rag_code, timeline.contact_rag_codes,
            timeline.received_at, timeline.received_at_precision, timeline.created_at
        ),
        (
            'G3', timeline.rag_code, timeline.contact_rag_codes,
            timeline.received_at, timeline.received_at_precision, timeline.ifd_oversight_at
        ),
        (
            'G4', timeline.rag_code, timeline.contact_rag_codes,
            timeline.ifd_oversight_at, timeline.ifd_oversight_at_precision,
            -- Onward to MASH, or decided there and then.
            case
                when timeline.ifd_decision_code = 'MASH' or timeline.mash_enquiry_id is not null
                    then timeline.enquiry_started_at
                else timeline.ifd_decision_at
            end
        ),
        (
            'G7', timeline.enquiry_rag_code, timeline.enquiry_rag_codes,
            timeline.last_check_returned_at, 'datetime', timeline.collated_at
        ),
        (
            'G8', timeline.enquiry_rag_code, timeline.enquiry_rag_codes,
            timeline.collated_at, timeline.collated_at_precision, timeline.oversight_at
        ),
        (
            'G9', timeline.enquiry_rag_code, timeline.enquiry_rag_codes,
            timeline.enquiry_started_at, timeline.enquiry_started_at_precision, timeline.concluded_at
        ),
        (
            'G10', timeline.rag_code, timeline.contact_rag_codes,
            timeline.received_at, timeline.received_at_precision, timeline.first_decision_at
        )
    ) as segment (segment_code, rag_code, rag_codes, started_at, started_at_precision, done_at)

    union all

    select
        checks.contact_id,
        segment.segment_code,
        checks.agency_check_id as part_id,
        checks.enquiry_rag_code as rag_code,
        checks.enquiry_rag_codes as rag_codes,
        segment.started_at,
        segment.started_at_precision,
        segment.done_at
    from checks
    cross join lateral (
        values
        ('G5', checks.enquiry_started_at, checks.enquiry_started_at_precision, checks.requested_at),
        ('G6', checks.requested_at, checks.requested_at_precision, checks.returned_at)
    ) as segment (segment_code, started_at, started_at_precision, done_at)

),

due_segments as (

    select
        parts.*,
        (
            select
                min(
                    {{ function('due_at') }}(
                        'segment_' || parts.segment_code, rating.code, parts.started_at, parts.started_at_precision
                    )
                )
            from unnest(case when cardinality(parts.rag_codes) > 0 then parts.rag_codes else array[null::text] end)
                as rating (code)
        ) as due_at
    from parts
    where parts.started_at is not null

),

front_door_segments as (

    select
        due_segments.contact_id,
        due_segments.segment_code,
        due_segments.part_id,
        timeline.child_key,
        due_segments.rag_code,
        due_segments.started_at,
        due_segments.due_at,
        due_segments.done_at,
        {{ build_no() }}::bigint as _built_in,
        timeline._is_retracted
    from due_segments
    inner join timeline on due_segments.contact_id = timeline.contact_id

    {% if is_incremental() %}

        union all

        -- A segment that its journey no longer has.
        select
            earlier.contact_id,
            earlier.segment_code,
            earlier.part_id,
            earlier.child_key,
            earlier.rag_code,
            earlier.started_at,
            earlier.due_at,
            earlier.done_at,
            {{ build_no() }}::bigint as _built_in,
            true as _is_retracted
        from {{ this }} as earlier
        where earlier.contact_id in (select timeline.contact_id from timeline)
            and not exists (
                select 1 from due_segments
                where due_segments.contact_id = earlier.contact_id
                    and due_segments.segment_code = earlier.segment_code
                    and due_segments.part_id = earlier.part_id
            )

    {% endif %}

)

select * from front_door_segments
