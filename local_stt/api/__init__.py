"""The HTTP API, made with flask-smorest.

calls           calls that are kept: lists, texts, audio, search
corrections     what people write on kept calls: corrections, notes, tags, names
dial            outbound calls
assistant       a language model's answers about calls
uploads         audio files to transcribe
contacts        names of numbers
exports         calls as files
status          what the program is doing
compat          programs that were written for a cloud's SDK
received_file   the file of a request, on its way to the disk
schemas         the schemas of requests and answers
contact_schemas   those of contacts
export_schemas  those of exports
status_schemas  those of the status
audio_response  audio as an answer, whole or in ranges
blueprint       a part of the API
"""
