select nullif(regexp_replace(value, '[\s\u00a0-]', '', 'g'), '')
