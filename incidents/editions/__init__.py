"""Editions: published states of the data, folders of files that never change, and the reading and making of them.

It knows rows that are fit to publish. It knows no draft, no ledger and no request.
"""
