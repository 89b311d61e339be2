"""What is written about a picture into its file's metadata, and read from there again."""

from app.media.gateway import Change, File
from app.media.pictures import Pictures
from shared.contracts.media import MediaResult

# The task by which it was written: that is how a repetition is known.
KEY = "media.task"
COMPRESSED, WIDTH, HEIGHT = "media.compressed_key", "media.width", "media.height"
FORMAT, ERROR = "media.format", "media.error"


def made(file: File, pictures: Pictures, keys: tuple[str, str], task: str) -> Change:
    """Return the change that records what was made; what else the metadata say stays."""
    thumbnail, compressed = keys
    facts = {f"media.{name}": text for name, text in pictures.facts.items()}
    known = {name: value for name, value in file.metadata.items() if name != ERROR}
    size = {WIDTH: pictures.width, HEIGHT: pictures.height}
    ours = {KEY: task, COMPRESSED: compressed, FORMAT: pictures.format}
    return Change(
        status="ready", thumbnail_key=thumbnail, metadata={**known, **facts, **size, **ours}
    )


def failed(file: File, reason: str, task: str) -> Change:
    """Return the change that records why nothing could be made."""
    return Change(status="failed", metadata={**file.metadata, KEY: task, ERROR: reason})


def result_of(file: File, task: str) -> MediaResult | None:
    """Return what this task has recorded before, if it has."""
    if file.metadata.get(KEY) != task or file.status != "ready" or file.thumbnail_key is None:
        return None
    return MediaResult.model_validate(
        {
            "file_id": file.id,
            "thumbnail_key": file.thumbnail_key,
            "compressed_key": file.metadata.get(COMPRESSED),
            "width": file.metadata.get(WIDTH),
            "height": file.metadata.get(HEIGHT),
        }
    )
