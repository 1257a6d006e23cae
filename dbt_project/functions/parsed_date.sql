select rules.parsed_date(value)
