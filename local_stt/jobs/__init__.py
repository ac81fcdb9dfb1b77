"""Work in the background, one job at a time.

runner              runs jobs, with a model that is loaded for them
uploads             audio files that viewers send
twilio_recordings   recordings that Twilio reports as complete
second_pass         recordings that a better model hears again
retention           deletes calls that are old
"""
