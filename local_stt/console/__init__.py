"""Show calls and progress on a terminal.

terminal    calls, live, as lines or as JSON
formatted_view  calls, with their text as people write it
progress    progress of long work
labels      short labels for calls
"""
