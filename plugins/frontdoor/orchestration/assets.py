"""What one DAG's end tells another: names only. They hasten work; the ledger decides what there is to do."""

from airflow.sdk import Asset


def landed(feed: str) -> Asset:
    """Deliveries of `feed` were settled."""
    return Asset(name=f"landed_{feed}", uri=f"frontdoor://landing/{feed}", group="landing")


PUBLICATION = Asset(name="publication", uri="frontdoor://published/pointer", group="marts")
