"""Migrations of the ledger, the same for both databases. They know tables, never our models."""
