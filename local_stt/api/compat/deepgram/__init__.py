"""Deepgram's API.

files           `POST /v1/listen`
├── answers         Deepgram's JSON, without I/O
live            the WebSocket `/v1/listen`
├── session         the streaming protocol, without I/O
└── parameters      what both have in common
"""
