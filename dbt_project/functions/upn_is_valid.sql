select rules.upn_is_valid(value)
