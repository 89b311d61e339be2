"""What the store of blobs promises."""
