"""What people and programs see of calls: the API, live events, the page.  flask-smorest lives here.

`access` says who may, `guard` asks requests for it, `wrong_tokens` counts those that guess; `api` answers
about kept calls, as `schemas` says; `uploads` takes files; `live` sends what happens; `viewers` puts it all
into the app.
"""

from .routes import Viewing

__all__ = ["Viewing"]
