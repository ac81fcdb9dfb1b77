"""Post events to an endpoint elsewhere, signed, and repeat them until they have arrived.

dispatcher  posts what waits in the outbox, in a thread
├── endpoint    makes one post and takes its answer
├── signing     signs a post (https://www.standardwebhooks.com)
└── backoff     decides when a failed post is repeated
"""

from .dispatcher import WebhookDispatcher
from .endpoint import WebhookEndpoint

__all__ = ["WebhookDispatcher", "WebhookEndpoint"]
