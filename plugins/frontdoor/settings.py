"""Where things are and how this council is configured: read once from the environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[2]
CONTAINER_SECRETS = Path("/run/secrets")


class Settings(BaseSettings):
    """All settings, from FRONTDOOR_* environment variables; every one has a working default.

    Folders below `home` hold personal data (inbox, archive, database) and are made with umask 0077.
    """

    # A container's secrets are files there, named as the variables are, in small letters.
    model_config = SettingsConfigDict(
        env_prefix="FRONTDOOR_",
        frozen=True,
        extra="ignore",
        secrets_dir=CONTAINER_SECRETS if CONTAINER_SECRETS.is_dir() else None,
    )

    home: Path = REPOSITORY / ".frontdoor"
    # Where the embedded server and the roles' passwords live, when several homes share one server.
    server_home: Path | None = None
    database_name: str = "warehouse"
    # Replaces the embedded server: an administrator's URL of an empty database on PostgreSQL 16 or later.
    database_url: str | None = None
    # Where Airflow keeps its own state when `database_url` is set: another database, better another server.
    airflow_database_url: str | None = None
    council: str = "874"
    inbox_url: str | None = None
    archive_url: str | None = None
    outbox_url: str | None = None
    contracts_dir: Path = REPOSITORY / "expectations" / "feeds"
    codes_dir: Path = REPOSITORY / "expectations" / "codes"
    checks_dir: Path = REPOSITORY / "expectations" / "checks"
    linkage_dir: Path = REPOSITORY / "expectations" / "linkage"
    dbt_project_dir: Path = REPOSITORY / "dbt_project"
    # Where alert links lead; the page behind it asks who you are.
    link_base_url: str = "https://frontdoor.invalid/alerts"
    # Who gets which role's messages; docs/runbook.md#who-gets-what.
    recipients_file: Path = REPOSITORY / "expectations" / "checks" / "recipients.yaml"
    smtp_url: str | None = None
    apprise_urls: str | None = None
    # How often each feed's DAG looks in the inbox, as cron says it; a landing wakes the build, the build the watch.
    scan_schedule: str = "*/5 * * * *"
    dbt_threads: int = Field(default=2, ge=1)

    @property
    def secrets(self) -> Path:
        """Passwords and keys, one file each, readable by this user only."""
        return (self.server_home or self.home) / "secrets"

    @property
    def inbox(self) -> Path | str:
        """Where agencies drop deliveries."""
        return self.inbox_url or self.home / "inbox"

    @property
    def archive(self) -> Path | str:
        """Where received bytes are kept, by their hash."""
        return self.archive_url or self.home / "archive"

    @property
    def outbox(self) -> Path | str:
        """Where messages are written as .eml when no mail server is configured."""
        return self.outbox_url or self.home / "outbox"

    @property
    def receipts(self) -> Path:
        """Where suppliers' receipts are written."""
        return self.home / "receipts"

    @property
    def brief(self) -> Path:
        """The daily brief's page."""
        return self.home / "brief" / "brief.html"
