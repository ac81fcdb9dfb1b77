"""Say why an S3-compatible store refused.  What its driver says may contain a secret, and is not repeated."""

import errno

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

REASONS = {
    "NoSuchBucket": "there is no such bucket",
    "InvalidAccessKeyId": "it does not know the AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "AWS_SECRET_ACCESS_KEY is wrong",
    "AccessDenied": "the credentials do not permit it",
    "403": "the credentials do not permit it",
    "ExpiredToken": "AWS_SESSION_TOKEN has expired",
    "InvalidToken": "AWS_SESSION_TOKEN is wrong",
    "PermanentRedirect": "the bucket is in another region than AWS_REGION",
    "AuthorizationHeaderMalformed": "the bucket is in another region than AWS_REGION",
    "BadDigest": "not all bytes arrived as they were sent",
}
"""By the code of an answer: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""

MISSING = {"NoSuchKey", "404"}
BEYOND_THE_END = {"InvalidRange", "416"}


def reason(error: Exception) -> str:
    """Return the reason for an error of the driver, as a part of a sentence."""
    match error:
        case ClientError():
            code = _code(error)
            return REASONS.get(code, f"its answer is {code}")
        case NoCredentialsError() | PartialCredentialsError() | CredentialRetrievalError():
            return "no credentials are set, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        case ConnectionError() | HTTPClientError():
            return "it cannot be reached"
    return type(error).__name__


def is_beyond_the_end(error: ClientError) -> bool:
    """Check whether a part was asked for that begins after the last byte."""
    return _code(error) in BEYOND_THE_END


def as_os_error(error: BotoCoreError | ClientError) -> OSError:
    """Return an error of the driver as those of files are."""
    if isinstance(error, ClientError) and _code(error) in MISSING:
        return FileNotFoundError(errno.ENOENT, "there is no such file")
    return OSError(errno.EIO, reason(error))


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
