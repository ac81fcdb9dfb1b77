"""Do work in the background, one job at a time.

runner              runs jobs of the store's queue, with a model that is loaded for them
├── uploads             audio files that viewers send
│   ├── upload              what is known of one
│   ├── file_options        what their senders want
│   └── upload_folder       where they wait
│       └── shared_uploads      in a store that hosts share
├── archive             files that several hosts transcribe together, as their sender sees them
│   └── archive_jobs        transcribes them
├── transcripts         those that programs ask for, by an id of their own
│   ├── sources             names their audio
│   └── callbacks           posts to programs that theirs are done
├── twilio_recordings   recordings that Twilio reports as complete
└── second_pass         recordings that a better model transcribes again
recording_mover     moves complete recordings to a store that hosts share
retention           deletes old calls
"""
