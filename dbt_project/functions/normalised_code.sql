select nullif(upper(btrim(value, e' \t\r\n\u00a0')), '')
