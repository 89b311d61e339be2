"""The smallest service that every check lets through."""
