"""One night in a process of its own: python night_process.py ROOT [EVENT PATTERN COUNT].

With an event it kills itself (SIGKILL, no clean-up of any kind) the COUNT-th time that Python is about to do EVENT
(os.rename, os.remove) to a path that has PATTERN in it. Connections to anything but this machine are written to
ROOT/connections.
"""

import os
import signal
import sys
from pathlib import Path


def watch(root: Path, event: str, pattern: str, count: int) -> None:
    seen = 0

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if name == event and any(pattern in str(a) for a in arguments[:2]):
            seen += 1
            if seen == count:
                os.kill(os.getpid(), signal.SIGKILL)
        if name in ("socket.connect", "socket.getaddrinfo"):
            told = str(arguments[1] if name == "socket.connect" else arguments[0])
            if not any(local in told for local in ("127.0.0.1", "::1", "localhost", "/")):
                with (root / "connections").open("a") as file:
                    file.write(f"{name} {told}\n")

    sys.addaudithook(hook)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    told_event, told_pattern, told_count = (*sys.argv[2:], "", "", "0")[:3]
    watch(folder, told_event, told_pattern, int(told_count))
    from tests.flows.nights import a_house, spend_night

    with a_house(folder) as house:
        spend_night(house)
