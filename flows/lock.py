"""One writing run at a time: a lock of our own on the data folder. The orchestrator's leases are not fencing."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class HouseLocked(Exception):
    """Another run is writing: wait for it to end, then call again."""


@contextmanager
def only_writer(var: Path) -> Iterator[None]:
    """Hold the lock while the block runs; the operating system frees it when the process dies, however it dies.

    Raises:
        HouseLocked: another process holds it.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / "writer.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise HouseLocked(f"另一次运行正在写入({file.read().strip() or '进程不明'}),请等它结束后再试。") from None
        file.truncate(0)
        file.write(f"pid {os.getpid()}")
        file.flush()
        yield
