"""Importing: files of others, and the founding record, read to drafts and recorded as one batch or not at all.

It knows file formats and codebooks. It approves nothing, publishes nothing, and knows no command line.
"""
