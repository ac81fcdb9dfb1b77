"""A stand-in for an HTTP proxy: refuses everything, and remembers what it was asked."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Proxy:
    """What was asked of it, as `(request line, Authorization header)`."""

    def __init__(self, url):
        self.url = url
        self.asked = []
        self.environ = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"), url)
        """What sends a program's requests here"""


@contextmanager
def http_proxy():
    class Refuse(BaseHTTPRequestHandler):
        def do_GET(self):
            proxy.asked.append((self.requestline, self.headers.get("Authorization")))
            self.send_error(503)

        do_POST = do_CONNECT = do_DELETE = do_GET  # noqa: N815  (names of the standard library)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refuse)
    proxy = Proxy(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
