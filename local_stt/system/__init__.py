"""The operating system: files, locks, processes, signals, clocks and threads."""
