"""Contacts, as telephones and mail programs export them.

reading   reads a file of either kind
table     reads CSV
vcard     reads vCards
entry     one person, as a file has it
numbers   writes numbers as calls have them
"""

from .numbers import as_called, is_region, region_of
from .reading import MAX_BYTES, Found, read_contacts

__all__ = ["MAX_BYTES", "Found", "as_called", "is_region", "read_contacts", "region_of"]
