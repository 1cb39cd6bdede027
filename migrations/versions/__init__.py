"""The scripts, one for each change of the tables, dated and named, both ways."""
