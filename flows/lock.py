"""One writing run at a time: a lock of our own on the data folder. The orchestrator's leases are not fencing."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


class HouseLocked(Exception):
    """Another run is writing: wait for it to end, then call again."""


@contextmanager
def only_writer(var: Path, patience: float = 0) -> Iterator[None]:
    """Hold the lock while the block runs; the operating system frees it when the process dies, however it dies.

    Args:
        patience: seconds to wait for another run to end.
    Raises:
        HouseLocked: another process still holds it.
    """
    until = time.monotonic() + patience
    var.mkdir(parents=True, exist_ok=True)
    with (var / "writer.lock").open("a+") as file:
        while not _taken(file):
            if time.monotonic() >= until:
                file.seek(0)
                raise HouseLocked(f"另一次运行正在写入({file.read().strip() or '进程不明'}),请等它结束后再试。")
            time.sleep(0.5)
        file.truncate(0)
        file.write(f"pid {os.getpid()}")
        file.flush()
        yield


def _taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
