"""Every expected failure as one tree: a line of cause, a line of cure and the exit code.

GeneratorError                  1   something was found or failed
├── WiringError                     the services' answers contradict each other
├── DependencyConflictError         the dependencies of the services cannot be locked together
├── StartError                      a service that does not start
├── UsageError                  2   the words of the command are off
│   ├── NameRefusedError            a name that some consumer of it cannot take
│   ├── AnswerRefusedError          an answer that is unknown, computed, mistyped or refused
│   ├── DestinationRefusedError     a place that may not be written
│   └── NotAWorkspaceError          the command needs a workspace around it
├── ConflictError               3   a hand-edited or busy thing is in the way
├── UntrustedSourceError        4   a template source that must not be used as it is
├── UnjudgedError               5   what was asked for could not be found out
│   ├── DiskError                   a disk that is full or fails
│   ├── SourceUnreachableError      a template repository that cannot be fetched now
│   ├── IndexUnreachableError       the package index cannot be reached where it is needed
│   ├── UnreadableAnswersError      an answers file that cannot be read
│   ├── ManifestError               a template.yml that is missing or does not hold
│   └── TemplateError               a template that cannot be rendered
└── MissingPrerequisiteError    6   git, uv or a server is missing on this machine
    └── BackingUnavailableError     a backing service that no provider could start or reach
"""


class GeneratorError(Exception):
    """An expected failure.

    Args:
        message: one line that says what is wrong.
        hint: one line (or a few) that says how to put it right; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GeneratorError):
    """The words of the command are off."""

    exit_code = 2


class NameRefusedError(UsageError):
    """A name that some consumer of it (compose, DNS, PostgreSQL, the lock file) cannot take."""


class AnswerRefusedError(UsageError):
    """An answer that is unknown, computed, of the wrong type or refused by its question."""


class DestinationRefusedError(UsageError):
    """A place that may not be written."""


class NotAWorkspaceError(UsageError):
    """The command needs a workspace around it and found none."""


class ConflictError(GeneratorError):
    """A hand-edited or busy thing is in the way."""

    exit_code = 3


class UntrustedSourceError(GeneratorError):
    """A template source that must not be used as it is."""

    exit_code = 4


class UnjudgedError(GeneratorError):
    """What was asked for could not be found out: neither yes nor no."""

    exit_code = 5


class DiskError(UnjudgedError):
    """A disk that is full or fails, or a limit on what may be written to it."""


class SourceUnreachableError(UnjudgedError):
    """A template repository that cannot be fetched now."""


class IndexUnreachableError(UnjudgedError):
    """The package index cannot be reached, and uv's cache lacks something."""


class MissingPrerequisiteError(GeneratorError):
    """Something is missing on this machine: git, uv, a server."""

    exit_code = 6


class BackingUnavailableError(MissingPrerequisiteError):
    """A backing service that no provider could start or reach, or that stopped answering."""


class WiringError(GeneratorError):
    """The services' answers contradict each other."""


class DependencyConflictError(GeneratorError):
    """The dependencies of the services cannot be locked together."""


class UnreadableAnswersError(UnjudgedError):
    """An answers file that cannot be read."""


class ManifestError(UnjudgedError):
    """A template.yml that is missing, of a schema that is not known here, or at fault."""


class TemplateError(UnjudgedError):
    """A template that cannot be rendered; a defect of the template, not of the user's words."""


class StartError(GeneratorError):
    """A service that does not start."""


def error_named(name: str) -> type[GeneratorError]:
    """The class of this name, for a failure that another process has written down."""
    classes = [GeneratorError]
    for one in classes:
        if one.__name__ == name:
            return one
        classes.extend(one.__subclasses__())
    return GeneratorError
