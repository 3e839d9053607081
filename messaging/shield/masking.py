"""Hide findings, so that the rest of a sentence can still be read."""

from .findings import Finding

MASK = "•••"


def mask(text: str, findings: list[Finding]) -> str:
    """Return a text with one mask for each finding; adjacent ones share a mask.

    The mask reveals nothing about what it hides, not even its length.
    """
    parts: list[str] = []
    position = 0
    for finding in sorted(findings):
        if finding.end <= position:
            continue
        between = text[position : max(position, finding.start)]
        # `•••, •••` says no more than `•••`.
        if not (parts and parts[-1] == MASK and not any(map(str.isalnum, between))):
            parts += [between, MASK]
        position = finding.end
    return "".join(parts) + text[position:]
