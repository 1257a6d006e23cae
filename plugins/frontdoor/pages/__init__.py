"""Files that follow from the contracts and the checks, written for people and for dbt."""
