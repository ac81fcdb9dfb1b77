"""Measure how well, and how fast, spoken words are written.

cases       utterances and how they are written
comparison  when two ways to write are the same
score       accuracy by category
speed       time of an utterance
key_terms   mishearings that are put right, and what is changed wrongly
"""
