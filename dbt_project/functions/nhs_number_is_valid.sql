select rules.nhs_number_is_valid(value)
