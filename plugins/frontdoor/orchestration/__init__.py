"""The only room that knows Airflow: what runs when, and what happens when it does not."""
