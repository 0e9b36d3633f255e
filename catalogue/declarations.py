"""Reading the YAML declarations with the line of every entry, so that a mistake is told with its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class CatalogueError(Exception):
    """A declaration is wrong: the message starts with file and line. Mend the catalogue."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a declaration stands."""

    file: str
    line: int

    def error(self, message: str) -> CatalogueError:
        return CatalogueError(f"{self.file}:{self.line}: {message}")


class Entry(dict[str, Any]):
    """A mapping of the declarations that knows its place. What has not been taken when `done` is called is
    unknown, and told."""

    place: Place

    def take(self, key: str, kind: type | tuple[type, ...] = str, default: Any = ...) -> Any:
        """Remove and return `key`. Raises CatalogueError when it is missing or of another kind."""
        if key not in self:
            if default is ...:
                raise self.place.error(f"“{key}” is missing")
            return default
        value = self.pop(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise self.place.error(f"“{key}” is {value!r}: expected {kind}")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        value = self.take(key, list, [])
        if not all(isinstance(word, str) for word in value):
            raise self.place.error(f"“{key}” must be a list of words")
        return tuple(value)

    def done(self) -> None:
        if self:
            raise self.place.error(f"unknown: {', '.join(self)}")


# libyaml takes a seventh of the time of the parser in Python; the wheels of PyYAML bring it, a build of one's own may not.
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Parser):  # type: ignore[misc]
    file: str = ""


def _construct_entry(loader: _Loader, node: yaml.MappingNode) -> Iterator[Entry]:
    entry = Entry()
    entry.place = Place(loader.file, node.start_mark.line + 1)
    yield entry
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        place = Place(loader.file, key_node.start_mark.line + 1)
        if not isinstance(key, str):
            raise place.error(f"“{key_node.value}” is not a word in YAML: write it in quotes")
        if key in entry:
            raise place.error(f"“{key}” stands twice")
        entry[key] = loader.construct_object(value_node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _construct_entry)
# A month such as 2021-01 and a code such as 1010101 are text; dates and numbers are made where they are wanted.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_declarations(path: Path) -> Any:
    """The content of one YAML file; every mapping is an Entry. Raises CatalogueError when it is not YAML."""
    loader = _Loader(path.read_text(encoding="utf-8"))
    loader.file = path.name
    try:
        return loader.get_single_data()
    except yaml.YAMLError as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    finally:
        loader.dispose()
