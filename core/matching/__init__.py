"""Matches that a person can trust: the same person, company or payee under another spelling.

Exact keys decide (core/facts/keys.py). What is only alike is proposed here with a score and reasons, and stays open
until a person answers: same, different or related. Called by intake (`finding`, `folding`), the desk and the command
line (`answers`, `reading`). Facts read what was proposed and answered; nothing here knows a verdict or a clock.
"""
