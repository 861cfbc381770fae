"""`wholeschool` as the tests start it: the real program in a process of its own, without its half a second of imports.

A test run starts it thousands of times. So one process beside each runner of tests has imported all of it, and each
command is a fork of that: with the caller's folder, environment, arguments and open files, and its own exit status.
What a command leaves in memory is gone with it. `COLD` is the command as it is installed, for tests of how it starts,
is killed, or is kept from memory and disk.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

COLD = str(Path(sys.executable).with_name("wholeschool"))
_SERVER = Path(__file__).with_name("warm_program.py")
# As little of Python as will do: it starts in a tenth of the time.
_CLIENT = """\
#!{python} -IS
import array, os, sys
import _socket
place = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
place.connect({address!r})
words = [os.fsencode(each) for each in sys.argv]
known = [each for pair in os.environb.items() for each in pair]
said = b"".join(b"%d\\n" % len(each) + b"".join(b"%d:%b" % (len(one), one) for one in each) for each in (words, known))
where = os.open(".", os.O_RDONLY)
files = array.array("i", [where, 0, 1, 2])
place.sendmsg([b"%d\\n" % len(said)], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
place.sendall(said)
status = place.recv(16)
if not status:
    sys.exit("the program that stands ready has gone")
if (number := int(status)) < 0:
    os.kill(os.getpid(), -number)
os._exit(number)
"""


def _warm() -> str:
    """The path of a command that is answered by a process which has everything imported."""
    folder = Path(mkdtemp(prefix="wholeschool-"))
    address, client = str(folder / "s"), folder / "wholeschool"
    # It ends with whoever runs the tests, however they end: then nobody holds the other end of its stdin.
    server = subprocess.Popen([sys.executable, _SERVER, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.communicate)
    assert server.stdout
    with server.stdout as said:
        assert said.readline() == b"ready\n"
    client.write_text(_CLIENT.format(python=Path(sys.base_prefix, "bin", "python3"), address=address))
    client.chmod(0o755)
    return str(client)


COMMAND = _warm()
