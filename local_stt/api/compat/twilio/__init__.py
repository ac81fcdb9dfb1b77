"""Twilio's Conversational Intelligence API.

transcripts     `/v2/Transcripts`
├── parameters      what programs ask for
├── pages           divides lists into pages
├── answers         Twilio's JSON, without I/O
operators       `/v2/Operators`: those that every transcript has
└── operator_results    what they find, without I/O
services        `/v2/Services`
└── service_file    keeps them
"""
