"""The secrets of docker-compose.yml: generated once, never defaulted."""

from pathlib import Path

from frontdoor.warehouse.secrets import secret

SERVERS = {
    "frontdoor_database_url": ("warehouse_db_password", "postgresql://admin:{password}@warehouse-db:5432/warehouse"),
    "frontdoor_airflow_database_url": (
        "airflow_db_password",
        "postgresql+psycopg2://airflow:{password}@airflow-db:5432/airflow",
    ),
}


def write_compose_secrets(folder: Path) -> list[Path]:
    """Write each server's password and the address that holds it; return the files.

    Compose mounts the files as they are for a user of the container's own, so the files are readable and their
    folder is what keeps other users of this machine out.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    written = []
    for name, (password_name, address) in SERVERS.items():
        password = secret(folder, password_name)
        if not (folder / name).exists():
            (folder / name).write_text(address.format(password=password))
        for path in (folder / password_name, folder / name):
            path.chmod(0o444)
            written.append(path)
    return written
