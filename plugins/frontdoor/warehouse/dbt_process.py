"""The process in which dbt runs: it imports dbt once and forks for every command it is sent.

Half of a short run is Python importing dbt, so whoever runs dbt again (deliveries one after another, the tests) keeps
this process. Started as `python -m frontdoor.warehouse.dbt_process`; orders come as lines of JSON on the standard
input, a line with the exit code answers each, and the end of the input ends this process and the dbt it is running.
"""

import ctypes
import gc
import json
import os
import selectors
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Do as ordered, one order at a time, until the input ends."""
    from dbt.adapters import postgres  # noqa: F401
    from dbt.cli import main as dbt

    # What was imported is shared with the forks for as long as nobody touches it.
    gc.freeze()
    for line in iter(sys.stdin.buffer.readline, b""):
        order = json.loads(line)
        dbt_ended, held_by_dbt = os.pipe()
        child = os.fork()
        if not child:
            _run(dbt.dbtRunner(), order)
        os.close(held_by_dbt)
        code = _wait(child, dbt_ended)
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _wait(child: int, dbt_ended: int) -> int:
    """Return dbt's exit code; when whoever ordered it is gone, so is dbt, and this process."""
    with selectors.DefaultSelector() as selector:
        selector.register(dbt_ended, selectors.EVENT_READ)
        selector.register(sys.stdin.buffer, selectors.EVENT_READ)
        ready = {key.fileobj for key, _ in selector.select()}
    os.close(dbt_ended)
    if dbt_ended not in ready:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        sys.exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run(runner: Any, order: dict[str, Any]) -> NoReturn:
    """Run one command of dbt and write what became of each node; nothing else of it is kept or shown."""
    code = 1
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(nothing, standard)
        os.environ.clear()
        os.environ.update(order["environment"])
        time.tzset()
        os.chdir(order["folder"])
        os.umask(0o077)
        outcome = runner.invoke(order["arguments"])
        if outcome.result is not None:
            _write_results(outcome.result, Path(order["results"]))
        code = 0 if outcome.success else 1
    finally:
        os._exit(code)


def _write_results(ran: Any, path: Path) -> None:
    nodes = [
        {"unique_id": each.node.unique_id, "status": str(each.status), "execution_time": each.execution_time}
        for each in ran.results
    ]
    path.write_text(json.dumps({"elapsed_time": ran.elapsed_time, "results": nodes}), encoding="utf-8")


if __name__ == "__main__":
    main()
