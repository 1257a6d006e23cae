select nullif(btrim(value, e' \t\r\n\u00a0'), '')
