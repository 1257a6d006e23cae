"""Names and values of a contract as SQL."""

from frontdoor.errors import ContractError


def identifier(name: str) -> str:
    """Return a name as SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL literal; none of ours needs a backslash."""
    if "\\" in text:
        raise ContractError("a backslash has no place in a rule's value")
    return "'" + text.replace("'", "''") + "'"


def column(name: str) -> str:
    """Return a field's column in the record."""
    return f"record.{identifier(name)}"
