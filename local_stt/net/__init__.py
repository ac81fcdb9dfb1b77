"""The network: serving HTTP, asking others, and who may ask here.

http_server     listens, and reads WebSockets
├── connections     a thread a connection, and what strangers may hold
├── handshake       tells WebSocket handshakes from other requests
├── forms           small forms
└── protection      the headers of every answer
guards          a guard for each blueprint; a route without one does not answer
├── local_mode      tells requests of this machine from forwarded ones
└── origin          which server a page comes from
loopback        this machine's names on itself
bounded_http    requests to others, bounded in time and bytes
├── credentials     which credentials go with a request
└── timeouts        waits so long and no longer
probe           asks whether local_stt answers elsewhere, and what time it is there
tunnel          a public address, by ngrok
"""
