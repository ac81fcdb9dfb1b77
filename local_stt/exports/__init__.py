"""Calls as files for people and other programs.

calls       opens a call's export, of one call or of several in a zip
document    writes a call as a document of Word
archive     writes a zip as it is read
file_names  names files so that every system takes them
"""

from .calls import DOCX, MAX_CALLS, MEDIA_TYPES, MISSING, WAV, CallExports, ExportOptions
from .file_names import FileNames

__all__ = ["DOCX", "MAX_CALLS", "MEDIA_TYPES", "MISSING", "WAV", "CallExports", "ExportOptions", "FileNames"]
