"""The model of marks, capitals and ends of turns that comes with the program.

model_file      reads the file; `tools/punctuation` makes it
"""
