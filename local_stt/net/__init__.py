"""The network: serves HTTP, sends requests to others, and guards the routes.

http_server     listens, and reads WebSockets
├── connections     a thread for each connection, and bounds for strangers
├── handshake       tells WebSocket handshakes from other requests
├── forms           small forms
└── protection      the headers of every answer
guards          a guard for each blueprint; a route without one does not answer
├── local_mode      tells requests of this machine from forwarded ones
└── origin          which server a page comes from
loopback        this machine's names for itself
bounded_http    requests to others, bounded in time and bytes
├── posting         one post, without redirects
├── credentials     which credentials go with a request
├── near_addresses  connections to this machine and private networks alone
└── timeouts        waits with a time-out
probe           asks whether local_stt answers elsewhere, and what time it is there
tunnel          a public address, by ngrok
"""
