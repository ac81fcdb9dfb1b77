"""The operating system: files, locks, processes, signals, clocks, threads and the log.

files, unbuffered, atomic_file, private, reserve    files: find, write and protect them, keep room for them
folder_identity     folders: distinguish them from others
file_lock, instance, orphans    other processes of this program
parent, shutdown, core_files, descriptors   this process: its parent, its end, its limits
installation    where this program is, and where its data and models are
memory, control_groups, blas    the machine: its memory, its limits, its processor
clocks, waiting     time
parts   long-lived parts, which start and close
polling_thread, repeating, write_behind     threads
rate_limited_log, tracebacks    the log
"""
