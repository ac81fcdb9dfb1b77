"""The HTTP API.  flask-smorest lives here.

calls           calls that are kept: lists, texts, audio, search
dial            calls placed from here
uploads         audio files to transcribe
schemas         what the API takes and gives
audio_response  audio as an answer, whole or in ranges
blueprint       a part of the API
"""
