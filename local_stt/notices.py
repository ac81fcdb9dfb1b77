"""Notices: sentences for the user at the keyboard, from any part of the program.

They go through a logger, so that no part needs an object to send them to.  The console shows them unchanged.
They do not appear in the log.  Where nothing shows them they are dropped.
"""

import logging

notices = logging.getLogger("local_stt.notices")
"""The logger of notices: `info` for information, `warning` for what nobody should miss"""

notices.setLevel(logging.INFO)  # at every level of the log
notices.propagate = False
notices.addHandler(logging.NullHandler())
