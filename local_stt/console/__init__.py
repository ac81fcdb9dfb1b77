"""Show calls and progress on a terminal.

terminal    calls, live, as lines or as JSON
turn_view   calls, turn by turn, as people read them
progress    progress of long work
labels      short labels for calls
"""
