"""Characters that show nothing. One list, for whatever is read, looked through or compared; the form page gets it too.

Unicode's `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt; those not yet assigned with them), the marks of
interlinear annotation, and the few letters and signs that are drawn blank: the Hangul fillers among the former, the
empty Braille pattern, the filler of Khitan.
"""

from __future__ import annotations

import re

VARIANTS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Choose among the shapes of a character, or colour a picture: prose may have them, a name has no use for them."""
UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
"""What no text needs. Both are the inside of a class of a regular expression."""

_NOTHING = re.compile(f"[{UNSEEN}{VARIANTS}]")


def is_unseen(character: str) -> bool:
    """Whether a character shows nothing by itself."""
    return bool(_NOTHING.match(character))
