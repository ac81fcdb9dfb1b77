"""Decode audio files in a process of their own, and stream the samples back.

    parent                                         child: python -c "…"
    process.DecoderProcess ── file, command ────►  limits ► identify ► sound | ffmpeg ► samples
                           ◄── head, PCM, end ───

A file may come from anybody, and libraries that read audio have faults.  The child has no secrets in
its environment, may use so much memory and processor time and no more, and can write no file.  When it
crashes, one file is not read, and the parent lives.

process     the parent's side; `messages` is what the two send
child       the process that decodes; `limits` bounds it
identify    finds out what a file is, without trusting any length that it states
├── input       reads it
├── layout      what is in it
└── riff, flac, ogg, mpeg, aiff_au      the containers
sound       decodes with libsndfile
ffmpeg      decodes with the program of that name; `matroska` is what it writes
samples     converts samples and their rate
sentences   why a file is not read
"""
