"""The errors that a user can do something about.

LocalSttError
├── SettingError      a setting is missing, wrong, or incompatible with another
├── ModelError        there is no speech model, or it cannot be used
│   └── DownloadError the model could not be downloaded completely
├── TelephonyError    Twilio refused, or the account lacks what is needed
│   └── DialError     a call may not or cannot be placed
├── TunnelError       there is no public address
├── ListenError       the server cannot listen on the address that is set
├── CallError         a test call could not be placed
├── AudioFileError    an audio file cannot be read
│   └── NoRoomError     the disk has no room for it meanwhile
├── UploadError       an uploaded file is not accepted
│   └── BusyError       too many others wait
├── ContactsError     a file of contacts cannot be read, or has too many
├── BadMessage        the other end of a stream sent an invalid message
│   ├── Refused         the call of a stream is not taken; the reason is logged already
│   ├── StrayMessage    an invalid message that is ignored, if there are few
│   └── BadDigit        an invalid digit, or one too many, which is ignored
├── AssistantError    the user's language model gives no answer
└── StoreError        the store cannot be used
    ├── NoSuchCall      no call with this id is kept
    ├── NoSuchEdition   a call does not have this text
    ├── NoSuchRecording no audio of this call is kept
    ├── NoSuchCorrection    nothing is corrected on this call
    ├── CorrectionError     words cannot be corrected now
    │   └── RedactedError       they are redacted
    ├── AnnotationError     nothing can be written on a call, as it was deleted
    └── BadQuery        a query cannot be used for a search

The message of an error is one sentence or two for the user, with the setting and the remedy.  The command
line catches `LocalSttError` in one place and exits with 2.  Any other exception is a bug and shows its
traceback.
"""


class LocalSttError(Exception):
    """The base class: an error that the user can do something about."""

    may_pass = False
    """Whether the same request may succeed later without a change"""


class SettingError(LocalSttError):
    """A setting is missing, wrong, or incompatible with another."""


class ModelError(LocalSttError):
    """There is no speech model, or it cannot be used."""

    may_pass = True


class DownloadError(ModelError):
    """A model could not be downloaded completely."""


class TelephonyError(LocalSttError):
    """Twilio refused, or the account lacks what is needed."""

    def __init__(self, message: str, *, status: int | None = None, may_pass: bool = False) -> None:
        """`status` is the HTTP status of Twilio's answer, if there was one."""
        super().__init__(message)
        self.status, self.may_pass = status, may_pass


class DialError(TelephonyError):
    """A call may not or cannot be placed."""


class TunnelError(LocalSttError):
    """There is no public address."""


class ListenError(LocalSttError):
    """The server cannot listen on the address that is set."""


class CallError(LocalSttError):
    """A test call could not be placed."""


class AudioFileError(LocalSttError):
    """An audio file cannot be read."""


class NoRoomError(AudioFileError):
    """The disk has no room for an audio file while it is transcribed."""

    may_pass = True


class UploadError(LocalSttError):
    """An uploaded file is not accepted: it is too long, or uploads are off."""


class BusyError(UploadError):
    """An uploaded file is not accepted now, as too many others wait."""

    may_pass = True


class ContactsError(LocalSttError):
    """A file of contacts cannot be read, or there are too many contacts."""


class BadMessage(LocalSttError):  # noqa: N818  (a message, not a state of ours)
    """The other end of a stream sent an invalid message.  Only the call of that stream ends."""


class Refused(BadMessage):
    """The call of a stream is not taken.  The code that raises this logs the reason first."""


class StrayMessage(BadMessage):
    """A message cannot be read or makes no sense.  It is ignored, if there are few of them."""


class BadDigit(BadMessage):
    """A digit cannot be read, or is one too many.  Only the digit is lost."""


class AssistantError(LocalSttError):
    """The user's language model gives no answer, or there is none."""

    def __init__(self, message: str, status: int) -> None:
        """`status` is the HTTP status with which this program passes the error on."""
        super().__init__(message)
        self.status, self.may_pass = status, status in (502, 503, 504)


class StoreError(LocalSttError):
    """The store cannot be used."""

    may_pass = True


class NoSuchCall(StoreError):  # noqa: N818  (an answer, not a failure)
    """No call with this id is kept."""

    def __init__(self, call_id: str) -> None:
        super().__init__(f"No call {call_id[:80]} is kept.")


class NoSuchEdition(StoreError):  # noqa: N818  (an answer, not a failure)
    """A call does not have this text."""

    def __init__(self, call_id: str, edition: str) -> None:
        super().__init__(f"Call {call_id[:80]} has no text of the edition {edition}.")


class AnnotationError(StoreError):
    """Something cannot be written on a call: it was deleted, or the text is too long or has controls."""


class NoSuchCorrection(StoreError):  # noqa: N818  (an answer, not a failure)
    """Nothing is corrected on this call."""

    def __init__(self, call_id: str) -> None:
        super().__init__(f"Nothing is corrected on call {call_id[:80]}.")


class CorrectionError(StoreError):
    """Words cannot be corrected: they are not there any more, or the call goes on."""


class RedactedError(CorrectionError):
    """Words cannot be corrected, as they are redacted."""


class NoSuchRecording(StoreError):  # noqa: N818  (an answer, not a failure)
    """No audio of this call is kept."""

    def __init__(self, call_id: str) -> None:
        super().__init__(f"Call {call_id[:80]} was not recorded.")


class BadQuery(StoreError):  # noqa: N818  (the user's, not ours)
    """A query cannot be used for a search."""
