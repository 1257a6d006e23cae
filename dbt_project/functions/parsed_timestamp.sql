select rules.parsed_timestamp(value, default_timezone)
