"""Shows an update: what becomes of which file, what the checks found, and what comes next."""

from typing import TYPE_CHECKING, Any

import typer

from generator.cli import console
from generator.cli.changed import counted, merged_rows, rows, show

if TYPE_CHECKING:
    from generator.usecases.rendered import Rendered
    from generator.usecases.resolution import Continuation
    from generator.usecases.update import PlannedUpdate
    from generator.usecases.verify import Verified
    from generator.workspace import Workspace

_COMMIT = (
    "Next: git diff   look at it\n"
    "      git add -A && git commit -m 'Update from the templates'   keep it"
)


def print_preview(workspace: "Workspace", planned: "PlannedUpdate", *, as_diff: bool) -> None:
    """Print what would be done, and that nothing was."""
    if not as_diff:
        print_projects(planned)
        _print_files(planned)
    elif planned.conflicts:
        console.tell(f"{len(planned.conflicts)} conflicts stand between their markers.")
    if planned.projects and (as_diff or not planned.conflicts):
        show(workspace.root, planned.changes, as_diff=as_diff)


def print_outcome(planned: "PlannedUpdate", verified: "Verified | None", *, written: bool) -> None:
    """Print what an update has done, or why it has not."""
    _print_checks(verified)
    if not planned.projects:
        _print_ahead(planned)
        console.tell("Everything is at this version already; nothing was written.")
    elif planned.conflicts:
        print_projects(planned)
        _print_files(planned)
        _print_conflicts(planned, written=written)
    elif written:
        _print_files(planned)
        console.tell(f"{_written(planned)}\n{_COMMIT}")
    else:
        console.tell(
            "Red with the update, so nothing was written; --keep writes it all the same.\n"
            "Next: generator update --diff   see what it would change"
        )


def print_ending(ending: "Continuation", verified: "Verified | None", *, written: bool) -> None:
    """Print how an update whose conflicts were resolved has ended."""
    _print_checks(verified)
    if written:
        for project in ending.update.projects:
            typer.echo(f"{project.name}: {project.before} → {project.after}")
        console.tell(f"The update is complete.\n{_COMMIT}")
    else:
        console.tell(
            "Red with your resolution, so the update goes on waiting.\n"
            "Next: mend it, then generator update --continue; --keep takes it as it is\n"
            "      generator update --abort   go back to what was there before"
        )


def print_projects(planned: "PlannedUpdate") -> None:
    """Print what is updated from where to where, with its answers, and what is new there."""
    _print_ahead(planned)
    for each in planned.projects:
        typer.echo(f"{each.name}: {each.current.version} → {each.target.version or 'uncommitted'}")
        for key, value in sorted(each.defaults.items()):
            console.tell(f"  new answer {key}: {value!r} (its default)")
        if each.dropped:
            console.tell(f"  no longer asked: {', '.join(each.dropped)}")
    for releases in planned.news.values():
        for release in releases:
            typer.echo(f"\n{release.version}\n{release.text}\n")


def document(
    workspace: "Workspace",
    planned: "PlannedUpdate",
    verified: "Verified | None",
    *,
    written: bool,
) -> dict[str, Any]:
    """An update as data."""
    return {
        "written": written,
        "projects": [_project(each) for each in planned.projects],
        "ahead": [each.name for each in planned.ahead],
        "news": [
            {"source": url, "version": release.version, "text": release.text}
            for url, releases in planned.news.items()
            for release in releases
        ],
        "files": merged_rows(planned.files),
        "changes": rows(workspace.root, planned.changes, written=written),
        "verification": _verification(verified),
    }


def _project(project: "Rendered") -> dict[str, Any]:
    return {
        "name": project.name,
        "template": project.template,
        "from": project.current.version,
        "to": project.target.version,
        "defaults": dict(project.defaults),
        "dropped": list(project.dropped),
    }


def ending_document(
    workspace: "Workspace",
    ending: "Continuation",
    verified: "Verified | None",
    *,
    written: bool,
) -> dict[str, Any]:
    """The end of an update as data."""
    return {
        "written": written,
        "projects": [
            {"name": one.name, "template": one.template, "from": one.before, "to": one.after}
            for one in ending.update.projects
        ],
        "changes": rows(workspace.root, ending.changes, written=written),
        "verification": _verification(verified),
    }


def _verification(verified: "Verified | None") -> dict[str, Any] | None:
    from generator.cli.verify import document_of

    return document_of(verified) if verified else None


def _print_checks(verified: "Verified | None") -> None:
    from generator.cli.report import print_report

    if verified:
        print_report(verified.report)


def _print_ahead(planned: "PlannedUpdate") -> None:
    for each in planned.ahead:
        console.tell(
            f"{each.name} stays at {each.current.version}: newer than {each.target.version}."
        )


def _print_files(planned: "PlannedUpdate") -> None:
    width = max((len(file.outcome) for file in planned.files), default=0)
    for file in planned.files:
        was = f" (was {file.renamed_from})" if file.renamed_from else ""
        typer.echo(f"  {file.outcome:<{width}}  {file.path}{was}: {file.reason}")


def _print_conflicts(planned: "PlannedUpdate", *, written: bool) -> None:
    if written:
        console.tell(
            f"{_written(planned)} The files marked as conflict hold both sides.\n"
            "Next: edit each one, then git add it; `git mergetool` works too\n"
            "      generator update --continue   wire, lock and verify the result\n"
            "      generator update --abort   go back to what was there before"
        )
    else:
        console.tell(
            "You and the template disagree in the files marked as conflict; nothing was written.\n"
            "Next: generator update --resolve   write both sides, for you to choose"
        )


def _written(planned: "PlannedUpdate") -> str:
    return f"{counted(planned.changes).replace('would change', 'written')}."
