"""Measure how well, and how fast, private values are found in what was said.

cases       utterances with their private words
score       leaked, rightly named and wrongly covered words
groups      numbers that are said in groups with pauses
live        what viewers see while a turn goes on
speed       time of a final
"""
