"""How much memory this process and what it starts may have, and how little of it to keep.

It measures no use, and sets no limit.
"""

import ctypes
import os
from pathlib import Path

# Of mallopt(3) in glibc, whose arena for each of many threads would keep what answers once took.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_GIVEN_BACK_FROM = 128 * 1024


def keep_little_memory() -> None:
    """Have the C library give memory back when it is free, and others take theirs from it.

    Other libraries than glibc do so, or know no such wish.
    """
    # Arrow's own allocator keeps what the largest answers took. It is asked for when Arrow is loaded.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_TRIM_THRESHOLD, _GIVEN_BACK_FROM)
        mallopt(_MMAP_THRESHOLD, _GIVEN_BACK_FROM)


def memory_here(root: Path = Path("/")) -> int:
    """Give the bytes of memory that there are: the machine's, or what a control group leaves of them.

    Control groups of both versions are read as cgroups(7) describes them, from this process's own up to the
    outermost. root: where the files of the system are.
    """
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    groups = root / "sys/fs/cgroup"
    try:
        said = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        said = []
    # The outermost ones in any case: a container may see none but its own there.
    limits = [groups / "memory/memory.limit_in_bytes", groups / "memory.max"]
    for controllers, path in (line.split(":", 2)[1:] for line in said if line.count(":") > 1):
        if controllers in {"", "memory"}:
            base, name = (groups / "memory", "memory.limit_in_bytes") if controllers else (groups, "memory.max")
            inner = base / path.strip("/")
            limits += [group / name for group in (inner, *inner.parents) if group.is_relative_to(base)]
    for limit in limits:
        try:
            found.append(int(limit.read_text(encoding="ascii")))
        except (OSError, ValueError):
            # There is no such group, or its limit is "max".
            continue
    return min(found)
