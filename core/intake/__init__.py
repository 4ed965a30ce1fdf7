"""What comes from outside, checked: facts documents and files of other systems. Nothing here gives a verdict.

`document` reads facts documents; `imports` brings files in and names its parts; `rows` holds the columns of every table
and the keys that are computed when a row comes in.
"""
