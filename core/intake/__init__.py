"""What comes from outside, checked: facts documents and files of other systems. Nothing here gives a verdict."""
