"""Settings: what there is to set, how it is written, and what callers get by the number they call.

settings    every setting, in sections
├── declaration     how a setting is declared
└── loading         reads them from options, environment and `.env`
parsers     text to values
phonebook   `phones.toml`: what callers of each number get
"""
