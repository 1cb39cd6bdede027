"""Makes all files of geodata/data again: `python -m geodata.build [FOLDER FOR PACKAGES]`.

It leaves places_own.csv alone, and ends by writing the table of hashes into geodata/README.md.
"""

import sys
import tempfile
from pathlib import Path

from geodata.build import airports, basemap, harbours, places, provenance, regions

ROOM = Path(__file__).parents[1]


def main() -> None:
    """Make the files in their order: each builds on those before it."""
    cache = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="geodata-"))
    data = ROOM / "data"
    for step in (regions, places, harbours, airports, basemap):
        print(f"{step.__name__} ...", flush=True)
        step.build(cache, data)
    provenance.write_hashes(ROOM / "README.md", data)
    print(f"Done. The packages are in {cache}.")


if __name__ == "__main__":
    main()
