"""An example to copy or delete: a task that greets somebody."""

from app.feature import WorkFeature
from app.sample.consumers import CONSUMERS

feature = WorkFeature(name="sample", consumers=CONSUMERS)
