"""What a call is, and how its audio becomes words.  No I/O, no threads, no clock, no log.

media_stream    Twilio's messages: text to values
opening         the beginning of a stream, until it says which call it belongs to
call_session    one call: messages in, audio out to each track's sink
├── jitter_buffer       packets of a track to audio in order, without holes
└── track_transcriber   audio of a track to partial and final texts
    └── vad                 which audio is speech
segmenter       where a file may be cut
call_record     what is kept of a call
├── captions        paragraphs and captions
├── first_words     what a list shows of a call
├── corrections     words that people correct
├── formats         JSON, text, SRT, WebVTT
├── spacing         words joined into text, as each script spaces them
├── terms           the terms that texts are searched by
└── marks           where searched phrases stand in a line
formatting      text that people can read: written numbers, marks, capitals
├── readable        utterances as people read them
├── turns           where the turns of a speaker end
└── call_turns      the turns of a call, as events
privacy         private values in what was said, and the words without them
├── audio_redaction     redacted parts of a recording, and what takes their place
└── second_edition      what is redacted live, in the text of the second pass
analysis        what a kept call was about, and what it was like
└── call_alerts     the alerts of a call in progress, as events
grammar         phrases as a model spells them
contacts        the names of the people behind numbers
wer             word error rate
"""
