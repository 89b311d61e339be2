"""Media: pictures get a thumbnail and a compressed form, and their file says so."""

from app.feature import WorkFeature
from app.media.consumers import CONSUMERS
from app.media.resources import MEDIA

feature = WorkFeature(name="media", consumers=CONSUMERS, resources=MEDIA)
