select one.child_key
from ({{ separations() }}) as apart
inner join {{ ref('int_children__members') }} as one on apart.left_record_no = one.record_no
inner join {{ ref('int_children__members') }} as other on apart.right_record_no = other.record_no
where one.child_key = other.child_key
    and not one._is_retracted
    and not other._is_retracted
