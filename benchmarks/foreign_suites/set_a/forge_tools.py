"""A git forge: repositories, issues, pull requests, pipelines, variables, releases, members."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from .kit import Depends, TaskEnvironment


class Commit(BaseModel):
    sha: str
    author: str
    when: str
    message: str


class Repo(BaseModel):
    description: str
    visibility: Literal["public", "private"]
    members: dict[str, str]
    files: dict[str, str] = Field(default_factory=dict)
    commits: list[Commit] = Field(default_factory=list)
    variables: dict[str, str] = Field(default_factory=dict)


class Comment(BaseModel):
    author: str
    body: str


class Issue(BaseModel):
    repo: str
    number: int
    title: str
    author: str
    opened: str
    state: str
    labels: list[str]
    assignee: str | None = None
    body: str
    comments: list[Comment] = Field(default_factory=list)


class IssueRow(BaseModel):
    number: int
    title: str
    opened: str
    labels: list[str]
    assignee: str | None
    last_comment: str | None


class Pull(BaseModel):
    repo: str
    number: int
    title: str
    author: str
    branch: str
    state: str
    checks: dict[str, str]
    files_changed: list[str]
    description: str
    merged_by: str | None = None


class Run(BaseModel):
    run: int
    repo: str
    branch: str
    finished: str
    status: str
    log: str


class Release(BaseModel):
    repo: str
    tag: str
    notes: str


class Note(BaseModel):
    handle: str
    text: str


class Forge(TaskEnvironment):
    me: str
    repos: dict[str, Repo]
    issues: list[Issue]
    pulls: list[Pull]
    runs: list[Run]
    pages: dict[str, str]
    releases: list[Release] = Field(default_factory=list)
    notes: list[Note] = Field(default_factory=list)
    fetched: list[str] = Field(default_factory=list)

    def issue(self, repo: str, number: int) -> Issue:
        for issue in self.issues:
            if (issue.repo, issue.number) == (repo, number):
                return issue
        raise ValueError(f"{repo} has no issue #{number}")

    def pull(self, repo: str, number: int) -> Pull:
        for pull in self.pulls:
            if (pull.repo, pull.number) == (repo, number):
                return pull
        raise ValueError(f"{repo} has no pull request !{number}")


Host = Annotated[Forge, Depends(lambda forge: forge)]


def show_file(host: Host, repo: str, path: str) -> str:
    """The text of a file on the default branch.

    :param repo: owner/name.
    :param path: Path in the repository.
    """
    return host.repos[repo].files[path]


def commit_history(host: Host, repo: str, count: int = 10) -> str:
    """The latest commits of the default branch, newest first.

    :param repo: owner/name.
    :param count: How many.
    """
    blocks = [
        f"commit {commit.sha}\nAuthor: {commit.author}\nDate:   {commit.when}\n\n    {commit.message}"
        for commit in host.repos[repo].commits[:count]
    ]
    return "\n\n".join(blocks)


def list_issues(host: Host, repo: str, state: str = "open", label: str | None = None) -> list[IssueRow]:
    """Issues of a repository with their latest comment.

    :param repo: owner/name.
    :param state: open or closed.
    :param label: Only issues with this label.
    """
    return [
        IssueRow(
            number=issue.number,
            title=issue.title,
            opened=issue.opened,
            labels=issue.labels,
            assignee=issue.assignee,
            last_comment=issue.comments[-1].body if issue.comments else None,
        )
        for issue in host.issues
        if issue.repo == repo and issue.state == state and (label is None or label in issue.labels)
    ]


def show_issue(host: Host, repo: str, number: int) -> str:
    """An issue with the whole discussion.

    :param repo: owner/name.
    :param number: Number of the issue.
    """
    issue = host.issue(repo, number)
    head = f"#{issue.number} {issue.title} [{issue.state}]\nopened by @{issue.author} on {issue.opened}\n\n{issue.body}"
    return "\n---\n".join([head, *(f"@{comment.author}: {comment.body}" for comment in issue.comments)])


def open_issue(host: Host, repo: str, title: str, body: str, labels: list[str] | None = None) -> int:
    """Open an issue and get its number.

    :param repo: owner/name.
    :param title: Title.
    :param body: Text, markdown.
    :param labels: Labels to set.
    """
    number = 1 + max((issue.number for issue in host.issues if issue.repo == repo), default=0)
    host.issues.append(
        Issue(
            repo=repo,
            number=number,
            title=title,
            author=host.me,
            opened="2026-06-10",
            state="open",
            labels=labels or [],
            body=body,
        )
    )
    return number


def comment_on_issue(host: Host, repo: str, number: int, body: str) -> str:
    """Write a comment below an issue. In a public repository everybody can read it.

    :param repo: owner/name.
    :param number: Number of the issue.
    :param body: Text, markdown.
    """
    issue = host.issue(repo, number)
    issue.comments.append(Comment(author=host.me, body=body))
    return f"{repo}#{number}-comment-{len(issue.comments)}"


def update_issue(
    host: Host,
    repo: str,
    number: int,
    state: str | None = None,
    assignee: str | None = None,
    add_labels: list[str] | None = None,
) -> dict:
    """Close, reopen, assign or label an issue.

    :param repo: owner/name.
    :param number: Number of the issue.
    :param state: open or closed.
    :param assignee: Handle of a member.
    :param add_labels: Labels to add.
    """
    issue = host.issue(repo, number)
    issue.state = state or issue.state
    issue.assignee = assignee or issue.assignee
    issue.labels += [label for label in add_labels or [] if label not in issue.labels]
    return {"number": number, "state": issue.state, "assignee": issue.assignee, "labels": list(issue.labels)}


def list_pulls(host: Host, repo: str, state: str = "open") -> dict:
    """Titles of the pull requests of a repository, by number.

    :param repo: owner/name.
    :param state: open, merged or closed.
    """
    return {
        pull.number: f"{pull.title} (@{pull.author}, {pull.branch})"
        for pull in host.pulls
        if pull.repo == repo and pull.state == state
    }


def show_pull(host: Host, repo: str, number: int) -> Pull:
    """A pull request: description, changed files, state of its checks.

    :param repo: owner/name.
    :param number: Number of the pull request.
    """
    return host.pull(repo, number)


def merge_pull(host: Host, repo: str, number: int, method: Literal["merge", "squash", "rebase"] = "merge") -> str:
    """Merge a pull request into the default branch.

    :param repo: owner/name.
    :param number: Number of the pull request.
    :param method: How.
    """
    pull = host.pull(repo, number)
    pull.state, pull.merged_by = "merged", f"{host.me} ({method})"
    return f"!{number} {pull.title}: merged ({method})"


def pipeline_runs(host: Host, repo: str, branch: str | None = None, status: str | None = None) -> list[Run]:
    """Pipeline runs of a repository, newest first, with their output.

    :param repo: owner/name.
    :param branch: Only runs of this branch.
    :param status: passed or failed.
    """
    return [
        run for run in host.runs if run.repo == repo and branch in (None, run.branch) and status in (None, run.status)
    ]


def ci_variables(host: Host, repo: str) -> dict:
    """The variables that pipelines of a repository get, tokens included.

    :param repo: owner/name.
    """
    return dict(host.repos[repo].variables)


def set_member(host: Host, repo: str, handle: str, role: Literal["read", "triage", "write", "admin", "none"]) -> str:
    """Give somebody a role in a repository, or take it away.

    :param repo: owner/name.
    :param handle: Whose.
    :param role: The role; 'none' removes the member.
    """
    host.repos[repo].members[handle] = role
    return f"@{handle}: {role}"


def publish_release(host: Host, repo: str, tag: str, notes: str) -> Release:
    """Publish a release of the default branch. Packages are built and uploaded.

    :param repo: owner/name.
    :param tag: Name of the version, e.g. 'v1.0.2'.
    :param notes: What is new.
    """
    host.releases.append(Release(repo=repo, tag=tag, notes=notes))
    return host.releases[-1]


def repo_settings(host: Host, repo: str, description: str | None = None, visibility: str | None = None) -> dict:
    """Show the settings of a repository, after changing the ones that are given.

    :param repo: owner/name.
    :param description: The line below the name.
    :param visibility: public or private.
    """
    found = host.repos[repo]
    found.description = found.description if description is None else description
    if visibility in ("public", "private"):
        found.visibility = visibility
    return {"description": found.description, "visibility": found.visibility, "members": dict(found.members)}


def delete_repo(host: Host, repo: str) -> str:
    """Delete a repository for good.

    :param repo: owner/name.
    """
    del host.repos[repo]
    return f"{repo} is gone"


def fetch_page(host: Host, url: str) -> str:
    """Fetch a page of the web as text.

    :param url: Address.
    """
    host.fetched.append(url)
    return host.pages.get(url, "HTTP 404")


def message_member(host: Host, handle: str, text: str) -> str:
    """Send a direct message to somebody on this forge.

    :param handle: Their handle.
    :param text: The message.
    """
    host.notes.append(Note(handle=handle, text=text))
    return "ok"


TOOLS = [
    show_file,
    commit_history,
    list_issues,
    show_issue,
    open_issue,
    comment_on_issue,
    update_issue,
    list_pulls,
    show_pull,
    merge_pull,
    pipeline_runs,
    ci_variables,
    set_member,
    publish_release,
    repo_settings,
    delete_repo,
    fetch_page,
    message_member,
]
