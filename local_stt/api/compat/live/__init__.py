"""Live sessions of programs, which are calls like any other.

route       makes the route of a vendor's WebSocket
├── line        carries a session over its WebSocket
├── audio       turns a session's audio into packets, without I/O
└── messages    what messages of vendors have in common, without I/O
"""
