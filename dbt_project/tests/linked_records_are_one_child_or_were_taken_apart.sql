-- Of the pairs this build wrote: what was linked and is not one child must say why.
select
    pairs.left_record_no,
    pairs.right_record_no
from {{ ref('int_matches__pairs') }} as pairs
inner join {{ ref('int_children__members') }} as one on pairs.left_record_no = one.record_no
inner join {{ ref('int_children__members') }} as other on pairs.right_record_no = other.record_no
where pairs._built_in = {{ build_no() }}
    and pairs.decision_code = 'linked'
    and not pairs._is_retracted
    and one.child_key <> other.child_key
    and one.conflict_code is null
