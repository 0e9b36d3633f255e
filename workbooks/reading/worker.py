"""Read many files in a process of their own, so that a hostile one costs a file and not the night.

One process reads file after file; a pair of messages is all that a file costs. It is a plain subprocess, not
a fork and not multiprocessing's spawn: both are unsafe or slow below a caller with threads, such as a
Prefect task (a fork copies held locks; a spawn imports the caller's main module again).
"""

import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import IO, Any, TypeVar

from workbooks.collector import collector_paused
from workbooks.reading import guard
from workbooks.reading.guard import Limits
from workbooks.reading.unreadable import UnreadableReturn

T = TypeVar("T")

_START_SECONDS = 60.0
_ERROR_BYTES = 1 << 20


def read_books(
    items: Sequence[tuple[str, Path]], limits: Limits, read: Callable[[bytes], T]
) -> dict[str, T | UnreadableReturn]:
    """Check and read every file; a file that cannot be read is a value, and the others are still read.

    Args:
        items: A key of the caller's and a path for each file.
        limits: What `guard.check` allows, and what one file may take in seconds and memory.
        read: A function at the top of an importable module (or a `functools.partial` of one): bytes of a
            checked file to a value that can be pickled. Its module is imported in the worker: keep heavy
            imports out of it.
    Returns:
        One entry an item, in their order. What `read` raises besides UnreadableReturn is a bug of ours: the
        file gets code "reader_error" with the traceback in `detail`, and the rest of the night goes on.
    Raises:
        ValueError: a key twice, or a function that a worker cannot import.
        RuntimeError: the worker does not start.
    """
    if len({key for key, _ in items}) < len(items):
        raise ValueError("a key comes twice")
    order = _order(limits, read)
    found: dict[str, T | UnreadableReturn] = {}
    while len(found) < len(items):
        with _Worker(order) as worker:
            _read_on(worker, items[len(found) :], found, limits)
    return found


def _order(limits: Limits, read: Callable[[bytes], object]) -> bytes:
    try:
        order = pickle.dumps((limits, read))
    except (pickle.PicklingError, AttributeError) as error:
        raise ValueError(f"{read!r} is not at the top of an importable module") from error
    if b"__main__" in order:
        raise ValueError(f"{read!r} is in the main module, which a worker does not import")
    return order


def _read_on(worker: "_Worker", items: Sequence[tuple[str, Path]], found: dict[str, Any], limits: Limits) -> None:
    """Read files until all are read or the process must be replaced."""
    for position, (key, path) in enumerate(items):
        outcome = worker.ask(path, limits.seconds)
        failed = isinstance(outcome, UnreadableReturn) and outcome.code in ("killed", "memory")
        # A process that has read others may have died of them: only a fresh one convicts a file.
        if failed and position > 0:
            return
        found[key] = outcome
        if failed or not worker.alive:
            return


class _Worker:
    """The process, from the caller's side."""

    def __init__(self, order: bytes) -> None:
        self.alive = True
        self.messages, far_end = Pipe()
        self.errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 – closed in close()
        start = f"from workbooks.reading.worker import serve; serve({far_end.fileno()})"
        with far_end:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {start}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                pass_fds=[far_end.fileno()],
                start_new_session=True,
            )
        try:
            self.messages.send_bytes(order)
            if not self.messages.poll(_START_SECONDS):
                raise EOFError
            self.messages.recv()
        except (EOFError, OSError) as error:
            told = self.told()
            self.close()
            raise RuntimeError(f"the worker did not start: {told}") from error

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.alive = False
        self.messages.close()
        self.process.kill()
        self.process.wait()
        self.errors.close()

    def told(self) -> str:
        """The end of what the process wrote to its error stream."""
        self.errors.seek(0)
        return self.errors.read(_ERROR_BYTES).decode("utf-8", "replace")[-2000:].strip()

    def ask(self, path: Path, seconds: float) -> object:
        """What the process makes of a file, or what became of the process."""
        try:
            self.messages.send(os.fspath(path))
            if self.messages.poll(seconds):
                return self.messages.recv()
        except (EOFError, OSError):
            self.alive = False
            return self._death(seconds)
        self.close()
        return UnreadableReturn("timeout", facts={"limit": seconds})

    def _death(self, seconds: float) -> UnreadableReturn:
        status = self.process.wait()
        if status == -signal.SIGXCPU:
            return UnreadableReturn("timeout", facts={"limit": seconds})
        return UnreadableReturn("killed", f"exit status {status}: {self.told()}")


# In the process


def serve(descriptor: int) -> None:
    """Read files as their paths come in, until the caller goes away."""
    with Connection(descriptor) as messages:
        limits, read = messages.recv()
        _limit_process(limits)
        messages.send("ready")
        while True:
            try:
                path = Path(messages.recv())
            except EOFError:
                return
            _allow_seconds(limits.seconds)
            messages.send_bytes(_answer(path, limits, read))


def _answer(path: Path, limits: Limits, read: Callable[[bytes], object]) -> bytes:
    try:
        with collector_paused():
            return pickle.dumps(_read_file(path, limits, read), pickle.HIGHEST_PROTOCOL)
    except UnreadableReturn as fault:
        return pickle.dumps(fault)
    except MemoryError:
        return pickle.dumps(UnreadableReturn("memory"))
    except Exception:
        return pickle.dumps(UnreadableReturn("reader_error", traceback.format_exc()))


def _read_file(path: Path, limits: Limits, read: Callable[[bytes], object]) -> object:
    try:
        with path.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise UnreadableReturn("unavailable", str(error)) from error
    if len(data) > limits.file_bytes:
        raise UnreadableReturn("file_size", facts={"found": size, "limit": limits.file_bytes})
    guard.check(data, limits)
    return read(data)


def _limit_process(limits: Limits) -> None:
    """Bound memory above what the imports took; write no core and no file to speak of."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_ERROR_BYTES, _ERROR_BYTES))


def _allow_seconds(seconds: float) -> None:
    """CPU for one more file. The caller's clock comes first; this holds when the caller is gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
