"""Do work in the background, one job at a time.

runner              runs jobs of the store's queue, with a model that is loaded for them
├── uploads             audio files that viewers send
│   └── upload_folder       where they wait
├── twilio_recordings   recordings that Twilio reports as complete
└── second_pass         recordings that a better model transcribes again
retention           deletes old calls
"""
