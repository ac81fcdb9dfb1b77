"""The store of audio that several hosts share: a folder, or a bucket that speaks the protocol of S3.

interface       what a store can do
folder_store    files in a folder that all hosts have mounted
s3_store        objects of a bucket
└── s3_errors       says why the bucket refused
opening         chooses the store that `AUDIO_STORE` names
"""

from .interface import AudioStore, StoredFile
from .opening import open_audio_store

__all__ = ["AudioStore", "StoredFile", "open_audio_store"]
