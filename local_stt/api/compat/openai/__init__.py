"""OpenAI's audio API.

files       `POST /v1/audio/transcriptions`
└── answers     OpenAI's JSON, without I/O
"""
