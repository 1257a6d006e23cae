select
    nullif(
        regexp_replace(
            upper(regexp_replace(value, '[\s\u00a0]', '', 'g')),
            '^([A-Z0-9]{2,4})([0-9][A-Z]{2})$',
            '\1 \2'
        ),
        ''
    )
