-- What was done after the moment asked about had not been done then: any morning can be replayed.
select
    case
        when due_at is null then 'no_clock'
        when done_at <= due_at and done_at <= as_of then 'met'
        when done_at <= as_of then 'breached'
        when due_at < as_of then 'overdue'
        else 'running'
    end
