import os
from pathlib import Path

import pytest

from app.cli.serving import choose_workers
from app.memory import memory_here

MACHINE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def put(root: Path, files: dict[str, str]) -> Path:
    """Write files under a folder that stands for the root of a system."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, MACHINE),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "268435456\n"}, 268_435_456),
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n"}, MACHINE),
        (
            {
                "proc/self/cgroup": "0::/a/b\n",
                "sys/fs/cgroup/a/b/memory.max": "max\n",
                "sys/fs/cgroup/a/memory.max": "1000\n",
            },
            1000,
        ),
        ({"sys/fs/cgroup/memory/memory.limit_in_bytes": "2000\n"}, 2000),
        (
            {
                "proc/self/cgroup": "3:cpu:/\n2:memory:/a/b\n0::/\n",
                "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "3000\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            },
            3000,
        ),
        ({"proc/self/cgroup": "0::/../../etc\n", "sys/fs/cgroup/memory.max": "many\n"}, MACHINE),
    ],
)
def test_memory_is_the_machines_or_what_a_group_leaves_of_it(files: dict[str, str], found: int, tmp_path: Path) -> None:
    assert memory_here(put(tmp_path, files)) == found


def test_a_small_machine_gets_one_process() -> None:
    assert choose_workers(256 * 1024**2) == 1
    assert choose_workers(2 * 1024**3) == 2
