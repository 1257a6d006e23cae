select rules.parsed_json(value)
