"""Show calls and progress on a terminal.

terminal    calls, live, as lines or as JSON
progress    progress of long work
labels      short labels for calls
"""
