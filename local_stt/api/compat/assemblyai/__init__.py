"""AssemblyAI's API.

files           `/v2/upload`, `/v2/transcript`
├── parameters      what programs ask for
├── answers         AssemblyAI's JSON, without I/O
└── understanding   what a transcript was about, in that JSON
lemur           `/lemur/v3`, answered by the user's language model
sync            files whose text is the answer: `POST /v1/transcribe/live`
live            the WebSocket `/v3/ws`, and its tokens, `/v3/token`
└── session         the streaming protocol, without I/O
"""
