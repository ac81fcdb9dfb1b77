"""Everything that can go wrong for a reason the user can mend.

LocalSttError
├── SettingError      a setting is missing, wrong, or does not go with another
├── ModelError        no speech model, or one that cannot be used
│   └── DownloadError the model could not be fetched whole
├── TelephonyError    Twilio refused, or the account has not what is needed
│   └── DialError     a call may not, or cannot, be placed
├── TunnelError       no public address could be had
├── ListenError       the server cannot listen where it was told to
├── CallError         a test call could not be placed
├── AudioFileError    a file that cannot be heard
│   └── NoRoomError     that cannot be held on this disk meanwhile
├── UploadError       a file that is not taken
├── BadMessage        the other end of a stream sent something unreadable
│   ├── Refused         the call of a stream is not taken, which is logged already
│   ├── StrayMessage    one without which the call goes on, if there are few
│   └── BadDigit        of a key that was pressed, or of one too many; the call goes on without it
└── StoreError        where calls are kept cannot be used
    ├── NoSuchCall      no call of that id was kept
    ├── NoSuchRecording no audio of that call was kept
    └── BadQuery        nothing can be searched for with this

The message of each is one sentence or two for the person at the keyboard: it names the
setting and the remedy.  The command line catches `LocalSttError` once and exits with 2;
any other exception is a bug and shows its traceback.
"""


class LocalSttError(Exception):
    """The root: whatever the user can do something about."""

    may_pass = False
    """Whether the same may do another time, with nothing changed in what was asked for"""


class SettingError(LocalSttError):
    """A setting is missing, wrong, or does not go with another."""


class ModelError(LocalSttError):
    """There is no speech model, or it cannot be used."""

    may_pass = True


class DownloadError(ModelError):
    """A model could not be fetched whole."""


class TelephonyError(LocalSttError):
    """Twilio refused, or the account has not what is needed."""

    def __init__(self, message: str, *, status: int | None = None, may_pass: bool = False) -> None:
        """`status` is that of Twilio's answer, if there was one."""
        super().__init__(message)
        self.status, self.may_pass = status, may_pass


class DialError(TelephonyError):
    """A call may not, or cannot, be placed."""


class TunnelError(LocalSttError):
    """No public address could be had."""


class ListenError(LocalSttError):
    """The server cannot listen where it was told to."""


class CallError(LocalSttError):
    """A test call could not be placed."""


class AudioFileError(LocalSttError):
    """A file that cannot be heard."""


class NoRoomError(AudioFileError):
    """A file that cannot be held on this disk while it is heard."""

    may_pass = True


class UploadError(LocalSttError):
    """A file that is not taken, whatever is in it."""


class BadMessage(LocalSttError):  # noqa: N818  (a message, not a state of ours)
    """The other end of a stream sent something unreadable; only that call ends."""


class Refused(BadMessage):
    """The call of a stream is not taken.  Whoever raises it has logged why."""


class StrayMessage(BadMessage):
    """A message that cannot be read or makes no sense; the call goes on without it, if there are few."""


class BadDigit(BadMessage):
    """A key was pressed that cannot be told, or is one too many; nothing else is lost."""


class StoreError(LocalSttError):
    """Where calls are kept cannot be used."""

    may_pass = True


class NoSuchCall(StoreError):  # noqa: N818  (an answer, not a failure)
    """No call of that id was kept."""

    def __init__(self, call_id: str) -> None:
        super().__init__(f"No call {call_id[:80]} is kept.")


class NoSuchRecording(StoreError):  # noqa: N818  (an answer, not a failure)
    """No audio of that call was kept."""

    def __init__(self, call_id: str) -> None:
        super().__init__(f"Call {call_id[:80]} was not recorded.")


class BadQuery(StoreError):  # noqa: N818  (the user's, not ours)
    """Nothing can be searched for with this."""
