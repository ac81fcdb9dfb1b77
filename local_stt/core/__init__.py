"""What a call is, and what becomes of its audio and words.  No I/O, no threads, no clock, no log.

media_stream    Twilio's messages: text to values
opening         the beginning of a stream, up to which call it is of
call_session    one call: messages in, audio out to each track's sink
├── jitter_buffer       packets of a track to ordered audio without holes
└── track_transcriber   audio of a track to partial and final texts
    └── vad                 which audio is speech
segmenter       where a file may be cut
call_record     what is kept of a call
├── captions        cut as readers want it
├── formats         JSON, text, SRT, WebVTT
├── spacing         words put together, as each script has it
└── terms           the terms that texts are searched by
grammar         phrases as a model spells them
wer             word error rate
"""
