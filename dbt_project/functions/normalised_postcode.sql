select rules.normalised_postcode(value)
