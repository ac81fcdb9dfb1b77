"""Settings: what there is to set, how it is written, and what callers get by the number they call.

settings    every setting
parsers     text to values
phonebook   `phones.toml`: what callers of each number get
"""
