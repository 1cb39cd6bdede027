"""Exporting: the files that readers take away, streamed from one edition.

It knows an edition's reader and nothing of the ledger.
"""
