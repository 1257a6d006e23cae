"""Tells operations that a task failed for good: which task and what kind of error, nothing of what it held."""

from typing import Any

from airflow.sdk import BaseNotifier


class FailureNotifier(BaseNotifier):
    """Puts a message about a failed task in the outbox."""

    def notify(self, context: dict[str, Any]) -> None:
        """Write the message; a failure to write it must not hide the failure it is about."""
        from frontdoor.orchestration.failure_message import write_failure_message
        from frontdoor.settings import Settings

        task_instance = context.get("task_instance") or context.get("ti")
        error = context.get("exception")
        write_failure_message(
            Settings(),
            dag_id=getattr(task_instance, "dag_id", "unknown"),
            task_id=getattr(task_instance, "task_id", "unknown"),
            run_id=getattr(task_instance, "run_id", "unknown"),
            error_class=type(error).__name__ if isinstance(error, BaseException) else "unknown",
        )
