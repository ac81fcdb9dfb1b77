"""Keep audio in a bucket, by the protocol of S3.

The driver reads credentials, region and endpoint as all programs for AWS do: from variables such as
`AWS_ACCESS_KEY_ID` and `AWS_ENDPOINT_URL`, from the files of the AWS command line, or from the machine.
"""

import base64
import contextlib
import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ..errors import SettingError
from .interface import StoredFile
from .s3_errors import as_os_error, is_beyond_the_end, reason

CONNECT_TIMEOUT, READ_TIMEOUT = 5, 20
"""Seconds without progress"""

MAX_BYTES = 5_000_000_000
"""Bytes that S3 takes in one piece.  So a file is there as a whole, or not at all."""

BLOCK = 1024 * 1024

AWS = "amazonaws.com"

CONFIG = Config(
    connect_timeout=CONNECT_TIMEOUT,
    read_timeout=READ_TIMEOUT,
    retries={"mode": "standard", "max_attempts": 2},
    max_pool_connections=32,
    request_checksum_calculation="when_required",  # other stores than Amazon's refuse what they do not know
    response_checksum_validation="when_required",
)


class S3Store:
    """Objects of a bucket, whose names begin with a prefix; see `AudioStore`."""

    def __init__(self, bucket: str, prefix: str) -> None:
        """Take the names of a bucket and of a folder in it, which may be empty.  Raises `SettingError`."""
        self._bucket, self._prefix = bucket, f"{prefix}/" if prefix else ""
        self.identity = self.place = f"s3://{bucket}/{prefix}".rstrip("/")
        try:
            self._client = _client()
        except (BotoCoreError, ValueError) as error:
            raise SettingError(
                f"AUDIO_STORE: the settings of AWS make no sense ({type(error).__name__}): see to "
                "AWS_ENDPOINT_URL, AWS_REGION and AWS_PROFILE."
            ) from error

    def check(self) -> None:
        """Ask for the name of one object.  Raises `SettingError`."""
        try:
            self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
        except (BotoCoreError, ClientError) as error:
            raise SettingError(
                f"AUDIO_STORE: {self.place} cannot be used, as {reason(error)}: see to the bucket and "
                "to AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            ) from error

    def put(self, key: str, file: Path) -> None:
        """Send a file with its SHA-256, which the store compares; one that does not is asked for the file."""
        if file.stat().st_size > MAX_BYTES:
            raise OSError(errno.EFBIG, f"a file may have {MAX_BYTES / 1e9:g} GB")
        with file.open("rb") as body, _os_errors():
            digest = hashlib.file_digest(body, "sha256").digest()
            body.seek(0)
            written = base64.b64encode(digest).decode()
            answer = self._client.put_object(**self._named(key), Body=body, ChecksumSHA256=written)
            if answer.get("ChecksumSHA256") != written and self._digest(key) != digest:
                raise OSError(errno.EIO, "what was written cannot be read back")

    def read(self, key: str, at: int, size: int) -> bytes:
        """Read a part of an object."""
        if size <= 0:
            return b""
        with _os_errors():
            try:
                answer = self._client.get_object(**self._named(key), Range=f"bytes={at}-{at + size - 1}")
            except ClientError as error:
                if is_beyond_the_end(error):
                    return b""
                raise
            return bytes(answer["Body"].read())

    def find(self, key: str) -> StoredFile | None:
        """Look at an object."""
        try:
            with _os_errors():
                found = self._client.head_object(**self._named(key))
        except FileNotFoundError:
            return None
        return StoredFile(key, found["ContentLength"], _milliseconds(found["LastModified"]))

    def listed(self, folder: str) -> Iterator[StoredFile]:
        """List objects, a thousand at a time."""
        pages = self._client.get_paginator("list_objects_v2")
        with _os_errors():
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + folder):
                for each in page.get("Contents", ()):
                    key = each["Key"].removeprefix(self._prefix)
                    yield StoredFile(key, each["Size"], _milliseconds(each["LastModified"]))

    def copy(self, key: str, new: str) -> None:
        """Have the store copy an object, and write the first one anew, which makes it as new."""
        source = {"Bucket": self._bucket, "Key": self._prefix + key}
        with _os_errors():
            for target in (new, key):
                self._client.copy_object(
                    **self._named(target), CopySource=source, MetadataDirective="REPLACE"
                )

    def delete(self, key: str) -> None:
        """Delete an object."""
        with _os_errors():
            self._client.delete_object(**self._named(key))

    def clear_unfinished(self) -> None:
        """Do nothing: an object that was not sent to its end is not there."""

    def _digest(self, key: str) -> bytes:
        digest = hashlib.sha256()
        for block in self._client.get_object(**self._named(key))["Body"].iter_chunks(BLOCK):
            digest.update(block)
        return digest.digest()

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}


def _client() -> Any:
    """Connect as the environment says; only Amazon's own buckets are hosts of their own."""
    session = boto3.session.Session()
    client = session.client("s3", config=CONFIG)
    if AWS in client.meta.endpoint_url:
        return client
    return session.client("s3", config=CONFIG.merge(Config(s3={"addressing_style": "path"})))


@contextlib.contextmanager
def _os_errors() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise as_os_error(error) from error


def _milliseconds(moment: Any) -> int:
    return round(float(moment.timestamp()) * 1000)
