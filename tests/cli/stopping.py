"""Commands that are stopped in the middle: start one, wait for a moment, see that nothing is left."""

import os
import signal
import subprocess
import time

from cli.desk import environment


def wait_for(condition, seconds=90):
    """Wait until something is true; fail if it never is."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def start(desk, *args):
    """Start a command as the leader of a process group of its own."""
    return start_program(desk, *desk.command(*args))


def hear():
    """Heed SIGINT, to which the children of a background job are born deaf."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start_program(desk, *words, **variables):
    """Start any program so, with further environment variables."""
    return subprocess.Popen(
        list(map(str, words)),
        cwd=desk.folder,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=hear,
    )


def is_alive(group):
    """Tell whether a process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
