"""Reads the facts of this generator's own templates, for prompts, lists and hints."""

from generator.catalog import Catalog, read_catalog
from generator.sources.export import exported
from generator.sources.own import find_source


def own_catalog() -> Catalog:
    """The service templates of the version that belongs to this generator.

    Raises:
        ManifestError: when one of their manifests does not hold.
    """
    with exported(find_source(dev=True)) as root:
        return read_catalog(root)
