select rules.normalised_nhs_number(value)
