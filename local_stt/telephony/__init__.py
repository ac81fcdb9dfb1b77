"""Twilio: calls, streams, numbers, recordings.

routes          the webhooks that Twilio requests; `guards` check its signature
stream_route    the WebSocket over which audio comes
call_flow       what a call gets, as `twiml`
switchboard     the calls being taken
├── line_poller     one thread that reads all streams
├── remembered_calls    calls whose streams may begin again
├── call_slots      how many calls are taken at once; `handshake_slots` takes them
├── stream_recovery     restarts a stream that broke
└── other_hosts     where calls may go on
outbound        places calls
├── dial_limit      how many calls are placed within an hour
└── call_statuses   what became of them
single_call     one outbound call, followed until it ends
twilio          the account as one object
├── account         its numbers and calls
├── recordings      its recordings; `recording_download` fetches their audio
└── client          requests to Twilio, with retries and clear messages
number_webhook  points a number here while this program runs, and restores its previous webhook
lasting_webhook points numbers at an address of several hosts, until somebody puts them back
admission       decides on which host a call is taken, by each `host_load`
refusals        which calls were refused lately, and why
addresses       the addresses of this server
signature       Twilio's signatures
tickets         tickets in TwiML, which streams show
"""
