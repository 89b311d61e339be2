"""The fake of a service that another one calls."""
