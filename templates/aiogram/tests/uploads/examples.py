"""Bytes that begin as files of each type do."""

JPEG = b"\xff\xd8\xff\xe0 a photo"
PNG = b"\x89PNG\r\n\x1a\n a picture"
WEBP = b"RIFF\x00\x00\x00\x00WEBP a picture"
GIF = b"GIF89a a picture"
PDF = b"%PDF-1.7 a document"
PROGRAM = b"MZ\x90\x00 a program"
