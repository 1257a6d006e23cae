"""Airflow DAGs that take in the agencies' deliveries: one per contract in expectations/feeds, and one for stray files.

Red means that deliveries could not be taken in; what was sent is safe in the inbox and the archive.
What to do: docs/runbook.md#an-ingest-dag-is-red
"""

from frontdoor.contracts.load import load_contracts
from frontdoor.orchestration.ingest import ingest_dag, tidy_dag
from frontdoor.settings import Settings

settings = Settings()
for contract in load_contracts(settings):
    globals()[contract.dag_id] = ingest_dag(contract, scan=settings.scan_schedule)
tidy_inbox = tidy_dag(scan="*/15 * * * *")
