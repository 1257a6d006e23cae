{#- A few new records are looked up by index: a hash join would read all there are. Many, or all, are hashed, with memory
    enough to do so in one go: what the planner has no figures for it would compare each with each. -#}
{% macro plan_by_size(records='int_person_records__standardised') -%}
    {%- set records = ref(records) -%}
    {#- Comparing each of so many with each costs as much as reading a million once. -#}
    {%- set few = 5000 %}
    do $plan$
    begin
        {% if is_incremental() -%}
        if (
            select count(*) from (
                select 1 from {{ records }} as touched where {{ is_touched('touched') }} limit {{ few + 1 }}
            ) as touched
        ) <= {{ few }} then
            set local enable_hashjoin = off;
            set local enable_mergejoin = off;
            set local enable_seqscan = off;
            set local max_parallel_workers_per_gather = 0;
            return;
        end if;
        {% endif -%}
        set local work_mem = '256MB';
        set local enable_mergejoin = off;
        set local enable_nestloop = off;
        -- By its own figure handing a row over costs more than working it out, and one process would do it all.
        set local parallel_tuple_cost = 0.01;
    end
    $plan$
{%- endmacro %}
