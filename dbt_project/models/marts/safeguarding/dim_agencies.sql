{{ config(
    unique_key='agency_code',
    indexes=[{'columns': ['_built_in']}]
) }}

with

agencies (agency_code, agency_label) as (

    -- The agency types of F03 and the agencies of F06; domain.md section 5.
    values
    ('ADULT_SC', 'Adult social care'),
    ('COUNCIL', 'Children''s social care'),
    ('DA_SERVICE', 'Domestic abuse service'),
    ('EARLY_HELP', 'Early help'),
    ('EARLY_YEARS', 'Early years setting'),
    ('EDUCATION', 'Education'),
    ('FIRE', 'Fire and rescue'),
    ('HEALTH', 'Health'),
    ('HOUSING', 'Housing'),
    ('OTHER', 'Other agency'),
    ('OTHER_LA', 'Another council'),
    ('POLICE', 'Police'),
    ('PROBATION', 'Probation'),
    ('SCHOOL', 'School'),
    ('VCS', 'Voluntary and community sector'),
    ('YOUTH_JUSTICE', 'Youth justice')

),

dim_agencies as (

    select
        agencies.agency_code,
        agencies.agency_label,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from agencies
    {{ unless_built('agencies', 'agency_code', ['agency_label']) }}

)

select * from dim_agencies
