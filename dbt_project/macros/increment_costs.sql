{#- A change of the project is built in full (frontdoor.warehouse.fingerprint), so comments cannot have changed. -#}
{% macro postgres__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- if not is_incremental() -%}
        {%- do default__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- endif -%}
{%- endmacro %}

{#- The catalogue itself, where dbt's own asks information_schema: several times for each incremental model. -#}
{% macro postgres__get_columns_in_relation(relation) -%}
    {%- call statement('get_columns_in_relation', fetch_result=true) -%}
        select
            attname as column_name,
            format_type(atttypid, null) as data_type,
            case when atttypid = 'varchar'::regtype and atttypmod > 4 then atttypmod - 4 end as character_maximum_length,
            null::integer as numeric_precision,
            null::integer as numeric_scale
        from pg_attribute
        where attrelid = to_regclass('{{ relation }}') and attnum > 0 and not attisdropped
        order by attnum
    {%- endcall -%}
    {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}
