"""The front end: its modules, its style, and the set-up that builds them.

It knows no incident and no request: what it builds is the same for every installation.
"""
