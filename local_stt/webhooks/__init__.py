"""Post events to an endpoint elsewhere, signed, and repeat them until they have arrived.

dispatcher  posts what waits in the outbox, in a thread
├── endpoint    makes one post and takes its answer; its kinds decide how an event is written
│   ├── json_endpoint       as JSON, signed by `signing` (https://www.standardwebhooks.com)
│   └── twilio_endpoint     as Twilio's real-time transcriptions, by `transcription_form`
└── backoff     decides when a failed post is repeated
"""

from .dispatcher import WebhookDispatcher
from .endpoint import Endpoint
from .json_endpoint import JsonEndpoint
from .transcription_form import EVENTS, Configuration
from .twilio_endpoint import TwilioEndpoint

__all__ = ["EVENTS", "Configuration", "Endpoint", "JsonEndpoint", "TwilioEndpoint", "WebhookDispatcher"]
