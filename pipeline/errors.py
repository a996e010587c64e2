"""The errors a user can meet: each says what came, what was expected, what to do next."""

from __future__ import annotations

from collections.abc import Iterable


class SoleSuoloError(Exception):
    """Base of every error that is shown to the user without a traceback.

    Parameters
    ----------
    problems
        One message, or several that were collected and are raised once.
    """

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type, tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)


class InputError(SoleSuoloError):
    """A source file or raw layer is missing, broken or not what its kind says."""


class ConfigError(SoleSuoloError):
    """town.yaml does not say what it should."""


class ContractError(SoleSuoloError):
    """A dataset between two stages does not keep its contract."""


class ClusterError(SoleSuoloError):
    """The scheduler that was asked for cannot be used."""


class StorageError(SoleSuoloError):
    """The disk does not take a file: full, read-only, or not ours to write."""
