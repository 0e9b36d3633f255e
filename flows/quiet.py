"""Nothing leaves the server: the telemetry and analytics of every dependency are off before one is imported."""

import os

QUIET = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
    # The default storage of leases leaks a slot when the server restarts in mid-run.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
}


def be_quiet() -> None:
    """Set what an operator has not set."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


be_quiet()
