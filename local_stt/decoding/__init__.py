"""Decode audio files in a process of their own, and stream the samples back.

    parent                                  child: python -c "…"
    process.Decoder ── file, command ────►  limits ► identify ► sound | ffmpeg ► resample
                    ◄── head, PCM, end ───

A file may come from anybody, and libraries that read audio have faults.  The child has no secrets in
its environment, may use so much memory and processor time and no more, and can write no file.  When it
crashes, one file is not read, and the parent lives.

`input` reads the file; `layout` says what is in it; `identify` finds out with `riff`, `flac`, `ogg`,
`mpeg` and `aiff_au`, which trust no length that a file states.  `sound` decodes with libsndfile,
`ffmpeg` with the program of that name.
"""
