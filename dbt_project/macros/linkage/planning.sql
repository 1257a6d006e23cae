{#- An increment reads the spine through its indexes: a hash join would read all of it. A full build hashes it,
    with memory enough to do so in one go: what the planner has no figures for it would compare each with each. -#}
{% macro plan_by_index() -%}
    {%- if is_incremental() -%}
        set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_seqscan = off;
        set local max_parallel_workers_per_gather = 0
    {%- else -%}
        set local work_mem = '256MB'; set local enable_mergejoin = off; set local enable_nestloop = off
    {%- endif -%}
{%- endmacro %}
