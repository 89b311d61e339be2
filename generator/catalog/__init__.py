"""What templates and backing services are, need and offer; templates tell it by their manifests."""

from generator.catalog.backing import BACKING_SERVICES, BackingSpec, backing_specs
from generator.catalog.manifest import (
    MANIFEST,
    BackingNeeds,
    ConditionalFiles,
    ConditionalMessages,
    ExternalSecret,
    ExternalService,
    FeatureSpec,
    LinkSpec,
    ProcessSpec,
    TemplateSpec,
)
from generator.catalog.templates import (
    Catalog,
    read_catalog,
    read_manifest,
    read_manifests,
)

__all__ = [
    "BACKING_SERVICES",
    "MANIFEST",
    "BackingNeeds",
    "BackingSpec",
    "Catalog",
    "ConditionalFiles",
    "ConditionalMessages",
    "ExternalSecret",
    "ExternalService",
    "FeatureSpec",
    "LinkSpec",
    "ProcessSpec",
    "TemplateSpec",
    "backing_specs",
    "read_catalog",
    "read_manifest",
    "read_manifests",
]
