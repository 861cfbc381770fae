"""The process of which each command of a test is a fork (`tests/program.py`): ADDRESS is the socket it listens at."""

from __future__ import annotations

import atexit
import gc
import io
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import NamedTuple

_CLOCK = os.fsencode(Path(__file__).parent / "clock")
COLD = str(Path(sys.executable).with_name("wholeschool"))


class Call(NamedTuple):
    """Who waits for a command's exit status, and the command's process."""

    caller: socket.socket
    process: int


def _lists(said: bytes) -> list[list[bytes]]:
    """Two lists of texts, each text after its length."""
    found, at = [], 0
    while at < len(said):
        end = said.index(b"\n", at)
        count, at = int(said[at:end]), end + 1
        texts = []
        for _ in range(count):
            colon = said.index(b":", at)
            at = colon + 1 + int(said[at:colon])
            texts.append(said[colon + 1 : at])
        found.append(texts)
    return found


def _received(caller: socket.socket) -> tuple[list[bytes], list[bytes], list[int]]:
    """Arguments, environment (names and values by turns) and the open folder and files of whoever calls."""
    head, files, *_ = socket.recv_fds(caller, 65536, 8)
    size, _, said = head.partition(b"\n")
    while len(said) < int(size):
        said += caller.recv(65536)
    words, known = _lists(said)
    return words, known, files


def _of_the_start(environment: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """What Python or the system's library reads once, when a program starts; not the way to `tests/clock`."""
    found = {name: value for name, value in environment.items() if name.startswith((b"PYTHON", b"LC_", b"LANG"))}
    ways = [each for each in found.pop(b"PYTHONPATH", b"").split(os.pathsep.encode()) if each != _CLOCK]
    return found | {b"PYTHONPATH": os.pathsep.encode().join(filter(None, ways))}


def _on_another_day(day: str) -> None:
    """What `tests/clock` does where everything is still to be imported."""
    from wholeschool import days

    real = days.today
    for name, module in list(sys.modules.items()):
        if name.startswith("wholeschool") and getattr(module, "today", None) is real:
            module.today = lambda: day  # type: ignore[attr-defined]


def _becomes(words: list[bytes], known: list[bytes], files: list[int]) -> None:
    """Run the command in this process, which is a fork, as if it had just been started."""
    from wholeschool.cli import main

    os.fchdir(files[0])
    for number, file in enumerate(files[1:]):
        os.dup2(file, number)
    for file in files:
        os.close(file)
    environment = dict(zip(known[::2], known[1::2], strict=True))
    if _of_the_start(environment) != _of_the_start(os.environb):
        os.execve(COLD, [os.fsencode(COLD), *words[1:]], environment)
    os.environb.clear()
    os.environb.update(environment)
    if day := os.environ.get("TESTS_TODAY"):
        _on_another_day(day)
    time.tzset()
    sys.argv = [os.fsdecode(each) for each in words]
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8")
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)), "utf-8")
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "w", closefd=False)), "utf-8", errors="backslashreplace", line_buffering=True
    )
    status = 1
    try:
        main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else bool(ended.code)
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        atexit._run_exitfuncs()
    finally:
        os._exit(status)


def _answer(place: socket.socket, inherited: selectors.BaseSelector) -> Call:
    """A process for the next call."""
    caller, _ = place.accept()
    words, known, files = _received(caller)
    process = os.fork()
    if not process:
        place.close()
        caller.close()
        inherited.close()
        for number in (signal.SIGINT, signal.SIGPIPE):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_IGN)
        _becomes(words, known, files)
    for file in files:
        os.close(file)
    return Call(caller, process)


def main(address: str) -> None:
    """Import everything, and answer until nobody is left who might call."""
    for verb in iter_modules(import_module("wholeschool.cli").__path__):
        import_module(f"wholeschool.cli.{verb.name}")
    gc.collect()
    gc.freeze()
    place = socket.socket(socket.AF_UNIX)
    place.bind(address)
    place.listen()
    waiting = selectors.DefaultSelector()
    waiting.register(place, selectors.EVENT_READ)
    waiting.register(0, selectors.EVENT_READ)
    os.write(1, b"ready\n")
    calls: dict[int, Call] = {}
    call: Call | None
    while True:
        for key, _ in waiting.select():
            if key.fileobj is place:
                call = _answer(place, waiting)
                ended = os.pidfd_open(call.process)
                calls[ended] = calls[call.caller.fileno()] = call
                waiting.register(ended, selectors.EVENT_READ)
                waiting.register(call.caller, selectors.EVENT_READ)
            elif key.fd == 0:
                return
            elif call := calls.get(key.fd):
                if key.fd == call.caller.fileno():  # whoever called was killed
                    os.kill(call.process, signal.SIGKILL)
                _, status = os.waitpid(call.process, 0)
                ended = next(each for each, one in calls.items() if one is call and each != call.caller.fileno())
                for each in (ended, call.caller):
                    waiting.unregister(each)
                del calls[ended], calls[call.caller.fileno()]
                os.close(ended)
                with suppress(OSError):
                    call.caller.sendall(b"%d" % os.waitstatus_to_exitcode(status))
                call.caller.close()


if __name__ == "__main__":
    main(sys.argv[1])
