"""Start: whoever writes for the first time becomes a user in the data service."""

from app.feature import BotFeature
from app.redis import REDIS, ServiceRedis
from app.start.handlers import HANDLERS
from app.start.links import Links
from app.users import USERS_RESOURCES
from shared.lifecycle import Resource

LINKS = Resource(
    provides=Links,
    factory=lambda resources: Links(resources.get(ServiceRedis)),
    requires=(ServiceRedis,),
)

feature = BotFeature(name="start", handlers=HANDLERS, resources=(*USERS_RESOURCES, REDIS, LINKS))
