"""Asks Airflow's metadata, from outside Airflow, which of its processes live but no longer beat."""

import psycopg

from frontdoor.errors import FrontdoorError
from frontdoor.settings import Settings
from frontdoor.warehouse.connect import connect

SILENT_AFTER = "3 minutes"
JOB_TYPES = {
    "SchedulerJob": "scheduler",
    "DagProcessorJob": "dag-processor",
    "TriggererJob": "triggerer",
}


def silent_components(settings: Settings) -> frozenset[str]:
    """Return the processes whose newest heartbeat is old; none when the metadata cannot be read.

    With an outside database Airflow's metadata is not ours to read, and its own health page must be watched.
    """
    if settings.database_url is not None:
        return frozenset()
    try:
        with connect(settings, role="admin", database="airflow", application_name="frontdoor supervisor") as metadata:
            rows = metadata.execute(
                "select job_type from job where job_type = any(%s) group by job_type"
                " having max(latest_heartbeat) < now() - %s::interval",
                [list(JOB_TYPES), SILENT_AFTER],
            ).fetchall()
    except (FrontdoorError, psycopg.Error):
        return frozenset()
    return frozenset(JOB_TYPES[job_type] for (job_type,) in rows)
