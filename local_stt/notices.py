"""Notices: sentences for the user at the keyboard, from any part of the program.

They go through a logger, so no part needs to be given somebody to talk to.  The console shows them as they
are.  They are no part of the log, and where nothing shows them they are dropped.
"""

import logging

notices = logging.getLogger("local_stt.notices")
"""Takes what the user is to know with `info`, and what nobody should miss with `warning`"""

notices.setLevel(logging.INFO)  # whatever the log level is
notices.propagate = False
notices.addHandler(logging.NullHandler())
