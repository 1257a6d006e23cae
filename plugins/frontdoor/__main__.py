"""`python -m frontdoor` is the `frontdoor` command."""

from frontdoor.cli import main

main()
