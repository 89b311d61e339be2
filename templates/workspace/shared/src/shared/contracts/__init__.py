"""What services of this workspace have agreed on: their tasks and events, by topic.

Old and new versions of a service run side by side, and messages wait for days, so whoever reads a
message must bear with one from before or after its own version. Hence: members that are not known
are ignored, new ones have a default, and what may get another value one day is text. See "Changing
a message" in the README of this library.
"""
