"""How much memory this process and what it starts may have, and how little of it to keep.

It measures no use, and sets no limit.
"""

import ctypes
import os
from pathlib import Path

# Of mallopt(3) in glibc, whose arena for each of many threads would keep what answers once took.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_KB = 1024
# Pieces of memory are given back from so many bytes on: every piece of a large array must then be mapped and cleared
# anew by the kernel at each question, which takes longer than to answer it. A small machine has no choice.
_GIVEN_BACK_FROM, _GIVEN_BACK_FROM_IF_ENOUGH = 128 * _KB, 4096 * _KB
ENOUGH = 1_000_000_000


def keep_little_memory(memory: int = 0) -> None:
    """Have the C library give memory back when it is free, and others take theirs from it.

    memory: how many bytes of it there are; what takes less than a few megabytes is kept for the next question where
    that is ENOUGH. Other libraries than glibc do as they do, or know no such wish.
    """
    given_back_from = _GIVEN_BACK_FROM_IF_ENOUGH if memory >= ENOUGH else _GIVEN_BACK_FROM
    # Arrow's own allocator keeps what the largest answers took. It is asked for when Arrow is loaded.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_TRIM_THRESHOLD, given_back_from)
        mallopt(_MMAP_THRESHOLD, given_back_from)


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
