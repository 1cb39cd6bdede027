"""Scripts that make the files of geodata/data from published packages.

Run by hand (`python -m geodata.build`), never at set-up, and imported by nothing that serves.
"""
