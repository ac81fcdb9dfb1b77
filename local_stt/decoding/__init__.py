"""Decode audio files in a process of their own, and stream the samples back.

    parent                                         child: python -c "…"
    process.DecoderProcess ── file, command ────►  limits ► identify ► sound | ffmpeg ► samples
                           ◄── head, PCM, end ───

A file may come from anybody, and libraries that read audio have bugs.  The child has no secrets in its
environment, bounded memory and processor time, and may write no file.  If it crashes, one file is not
read, and the parent goes on.

process     the parent's side; `messages` defines what the two send
child       the process that decodes; `limits` bounds it
identify    finds out what a file is, without trusting any length that it states
├── input       reads the file
├── layout      describes what is in it
└── riff, flac, ogg, mpeg, aiff_au      the containers
sound       decodes with libsndfile
ffmpeg      decodes with the program ffmpeg; `matroska` reads its output
raw         converts live audio without a header to a phone's
samples     converts samples and their rate
sentences   why a file is refused, as a sentence for the user
"""
