"""Tasks: work that a worker does later, and what has become of it."""

from app.data_service import DATA_SERVICE
from app.messaging import MESSAGING
from app.tasks.contracts import KINDS
from app.tasks.endpoints import router
from app.tasks.service import TaskService
from shared.http import CLIENT_METRICS, DataServiceClient
from shared.lifecycle import Resource
from shared.messaging.publishing import Messaging
from shared.web import Feature

SERVICE = Resource(
    provides=TaskService, factory=TaskService, requires=(Messaging, DataServiceClient)
)

feature = Feature(
    name="tasks",
    routers=(router,),
    resources=(CLIENT_METRICS, DATA_SERVICE, *MESSAGING, SERVICE),
    sends=tuple(kind.task for kind in KINDS),
)
