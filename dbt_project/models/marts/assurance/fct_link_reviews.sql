{{ config(
    unique_key='link_review_key',
    indexes=[{'columns': ['_built_in']}]
) }}

with

reviews as (

    select * from {{ ref('int_reviews') }}

),

members as (

    select * from {{ ref('int_children__members') }}

),

described as (

    select
        reviews.review_key as link_review_key,
        reviews.left_child_key,
        reviews.right_child_key,
        {{ agency_of('one.person_scope') }} as left_agency_code,
        {{ agency_of('other.person_scope') }} as right_agency_code,
        reviews.reason_code,
        round(reviews.weight::numeric, 3) as match_weight,
        reviews.raised_at
    from reviews
    inner join members as one on reviews.left_record_key = one.record_key
    inner join members as other on reviews.right_record_key = other.record_key

),

changed as (

    select
        described.*,
        {{ build_no() }}::bigint as _built_in,
        false as _is_retracted
    from described
    {{ unless_built('described', 'link_review_key', [
        'left_child_key', 'right_child_key', 'reason_code', 'match_weight', 'raised_at'
    ]) }}

),

fct_link_reviews as (

    select * from changed

    {% if is_incremental() %}

        union all

        -- Decided, or settled by new evidence.
        select
            gone.link_review_key,
            gone.left_child_key,
            gone.right_child_key,
            gone.left_agency_code,
            gone.right_agency_code,
            gone.reason_code,
            gone.match_weight,
            gone.raised_at,
            {{ build_no() }}::bigint as _built_in,
            true as _is_retracted
        from {{ this }} as gone
        where not gone._is_retracted
            and not exists (
                select 1 from described
                where described.link_review_key = gone.link_review_key
            )

    {% endif %}

)

select * from fct_link_reviews
