"""vosk-server's protocol.

live        the WebSocket `/vosk`, or the root of a port of its own
└── session     the protocol, without I/O
"""
