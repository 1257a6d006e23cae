{{ config(materialized='view') }}

with

pairs as not materialized (

    select * from {{ ref('int_matches__pairs') }}

),

-- Read twice: kept aside it would be everybody, whoever is asked about.
members as not materialized (

    select * from {{ ref('int_children__members') }}

),

outcomes as (

    select
        pairs.left_record_no,
        pairs.right_record_no,
        one.agency_person_id as left_agency_person_id,
        other.agency_person_id as right_agency_person_id,
        one.child_key as left_child_key,
        other.child_key as right_child_key,
        pairs.rule_no,
        pairs.evidence,
        pairs.weight,
        {{ outcome_of_pair('pairs', 'one', 'other') }} as outcome_code,
        {{ why_of_pair('pairs', 'one', 'other') }} as why_code
    from pairs
    inner join members as one on pairs.left_record_no = one.record_no
    inner join members as other on pairs.right_record_no = other.record_no
    where not pairs._is_retracted

)

select * from outcomes
