"""The live comparison needs gtars, which some machines have no wheel of; test_recorded.py says where it must run."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("gtars") else ["test_live.py"]
