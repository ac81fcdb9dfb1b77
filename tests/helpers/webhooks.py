"""The secret that webhooks are signed with."""

from local_stt.config.parsers import signing_key

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = signing_key(SECRET)
