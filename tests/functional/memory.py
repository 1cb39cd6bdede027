"""How much memory a server holds. It measures and asserts nothing."""

import re
from pathlib import Path

MB = 1_000_000


def pss_mb(pids: list[int]) -> float:
    """Give the proportional set size of processes together, in megabytes: shared pages count once."""
    kb = 0
    for pid in pids:
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        assert found
        kb += int(found[1])
    return kb * 1024 / MB
