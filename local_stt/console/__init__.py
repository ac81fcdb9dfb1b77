"""What a terminal shows.

terminal    calls, live, as lines or as JSON
progress    how far long work has come
labels      short labels for calls
"""
