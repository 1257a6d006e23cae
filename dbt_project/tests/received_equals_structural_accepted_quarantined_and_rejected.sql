select delivery_key
from {{ ref('fct_reconciliation') }}
where received_count
    <> structural_count + accepted_count + quarantined_count + rejected_count + waiting_count
