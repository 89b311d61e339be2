"""The closed list of templates: what each one is, needs and offers."""

from generator.catalog.backing import BACKING_SERVICES
from generator.catalog.services import SERVICE_TEMPLATES, WORKSPACE_TEMPLATE, template_spec
from generator.catalog.specs import BackingSpec, FeatureSpec, TemplateSpec

__all__ = [
    "BACKING_SERVICES",
    "SERVICE_TEMPLATES",
    "WORKSPACE_TEMPLATE",
    "BackingSpec",
    "FeatureSpec",
    "TemplateSpec",
    "template_spec",
]
