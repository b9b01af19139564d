"""Runs one command from a small process: Linux counts a parent's memory into the peak of a child it starts."""

import os
import resource
import sys
import time

# argv: where standard output goes, then the command; prints seconds and KiB
OUT_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC

if __name__ == "__main__":
    actions = [(os.POSIX_SPAWN_OPEN, 1, sys.argv[1], OUT_FLAGS, 0o644)]
    started = time.perf_counter()
    child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=actions)
    _, status = os.waitpid(child, 0)
    seconds = time.perf_counter() - started
    print(seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    sys.exit(os.waitstatus_to_exitcode(status) and 1)
