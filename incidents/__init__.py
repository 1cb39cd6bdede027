"""Incidents: what is recorded, reviewed, published and withdrawn, and the editions that readers get.

It knows the ledger and the files of an edition. It knows no web page, no map and no command line.
"""
