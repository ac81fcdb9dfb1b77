"""Events posted to a receiver elsewhere, signed, again and again until it has them.

signing     what shows that a post is ours (https://www.standardwebhooks.com)
schedule    when one that failed is tried again
receiver    one post and its answer
sender      the thread that empties the queue
"""

from .dispatcher import WebhookDispatcher
from .endpoint import WebhookEndpoint

__all__ = ["WebhookDispatcher", "WebhookEndpoint"]
