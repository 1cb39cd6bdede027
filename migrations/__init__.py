"""Migrations of the ledger, the same for both databases: the scripts know tables, never our models.

`python -m migrations "What changes"` begins a new one.
"""
