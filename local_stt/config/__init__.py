"""Settings: declared in sections, read from several sources, and those of single phone numbers.

settings    every setting, in sections
├── declaration     how a setting is declared
└── loading         reads them from options, environment and `.env`
parsers     text to values
└── wording         lists of custom spellings and of key terms
phonebook   `phones.toml`: settings of single numbers
"""
