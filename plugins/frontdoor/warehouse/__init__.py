"""The database: its embedded server, roles, schema, dbt builds and publications."""
