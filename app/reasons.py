"""What the reason codes of what was taken back say to readers. It takes nothing back."""

# Of a record that was withdrawn.
WITHDRAWN_FOR = {
    "safety": "it may put somebody in danger",
    "privacy": "it says too much of somebody",
    "legal": "the law or a court demands it",
    "licence": "its source's terms do not allow it",
    "source_retracted": "its source took it back",
    "error": "it is wrong",
    "duplicate": "it is another record told again",
}
# Of an edition that was amended, which does not say of which record.
AMENDED_FOR = {
    "safety": "a record may put somebody in danger",
    "privacy": "a record says too much of somebody",
    "legal": "the law or a court demands it",
    "licence": "the terms of a source do not allow a record",
    "source_retracted": "a source took back what it said",
    "error": "a record is wrong",
    "duplicate": "a record is another one told again",
    "location": "a place may be given only more coarsely",
    "embargo": "a record must wait for a day to come",
    "reconciled": "a record was taken back",
}
