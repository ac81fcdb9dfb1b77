"""Events posted to an endpoint elsewhere, signed, and repeated until they have arrived.

dispatcher  empties the outbox in a thread of its own
├── endpoint    makes one post and takes its answer
├── signing     signs a post (https://www.standardwebhooks.com)
└── backoff     says when a post that failed is repeated
"""

from .dispatcher import WebhookDispatcher
from .endpoint import WebhookEndpoint

__all__ = ["WebhookDispatcher", "WebhookEndpoint"]
