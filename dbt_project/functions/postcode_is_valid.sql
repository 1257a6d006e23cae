select rules.postcode_is_valid(value)
