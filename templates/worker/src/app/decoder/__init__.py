"""A process that decodes pictures, and how the one that asks it to talks with it.

It imports nothing of the rest of the service: it starts quickly and takes little memory.
"""
