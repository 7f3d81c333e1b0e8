# SPDX-License-Identifier: Apache-2.0
"""Patterns of benign lists that come from outside: only a part of the language that cannot run long.

A pattern of a stranger is a program of a stranger. Taken are literals, classes, groups, alternatives, `?` and counts
up to 64. Refused are `*`, `+` (unbounded), counts on a group that itself holds a count or choice (`(a?){30}` doubles
with each step), back references and look-around. With a value of at most 40 characters the work is bounded by the
pattern's length. Each pattern must match the whole value: one without anchors would else match inside any longer
number.
"""

import re

PATTERN_CHARS_MAX = 300  # characters of one pattern
COUNT_MAX = 64  # repetitions in one count
WAYS_MAX = (
    4_096  # ways through one pattern: alternatives and ranges of counts multiplied, the most work that it can cause
)

Pattern = re.Pattern[str]

_TOKEN = re.compile(
    r"(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<or>\|)"
    r"|(?P<count>\{(?P<least>[0-9]{1,3})(?P<range>,(?P<most>[0-9]{1,3}))?\}|\?(?![?+]))"
    r"|(?P<class>\[\^?(?:\\[dws.\-\]\[/+]|[^\\\[\]]){1,80}\])"
    r"|(?P<atom>\\[dws.+*?()\[\]{}|/^$\-]|[^\\()\[\]{}|*+?.^$]|\.)|(?P<anchor>[\^$])"
)


def compile_pattern(text: str) -> Pattern | str:
    """Compile a pattern, written as in Perl (`/…/flags`) or plainly; give the reason when it is refused."""
    body = re.fullmatch(r"/(?P<body>.*)/[gimsu]{0,5}", text, re.DOTALL)
    plain = body["body"].replace("\\/", "/") if body else text
    if len(plain) > PATTERN_CHARS_MAX:
        return f"a pattern has at most {PATTERN_CHARS_MAX} characters"
    reason = _refused(plain)
    if reason:
        return reason
    try:
        return re.compile(plain, re.ASCII | re.IGNORECASE)
    except (re.error, OverflowError, RecursionError):
        return "it is no pattern"


def _refused(text: str) -> str:
    """Walk the pattern once; give the reason for which it is refused, or nothing."""
    groups: list[tuple[bool, int]] = []  # for each open group: does it hold a choice, and how many alternatives?
    holds, branches = False, 1  # the same of the group in hand, at first the whole pattern
    before: bool | None = None  # what stands before: nothing that can be counted, or whether it holds a choice
    place, ways = 0, 1
    while place < len(text):
        match = _TOKEN.match(text, place)
        if not match:
            return f"“{text[place : place + 8]}” is not taken in a pattern from outside"
        place = match.end()
        if match["open"]:
            groups.append((holds, branches))
            holds, branches, before = False, 1, None
        elif match["close"]:
            if not groups:
                return "a bracket is closed that was not opened"
            before, ways = holds, ways * branches
            outer, branches = groups.pop()
            holds = outer or before
        elif match["count"]:
            least, most = _counts(match)
            if before is None or least > most or most > COUNT_MAX:
                return f"a count follows something and is at most {COUNT_MAX}"
            if before and most > 1:
                return "a count stands on a group that holds a choice"
            ways *= most - least + 1
            holds, before = True, None
        elif match["or"]:
            holds, branches, before = True, branches + 1, None
        else:
            before = None if match["anchor"] else False
        if ways > WAYS_MAX:
            return f"a pattern can match in at most {WAYS_MAX} ways"
    return "a bracket is not closed" if groups else ""


def _counts(match: re.Match[str]) -> tuple[int, int]:
    """Give the least and most repetitions of `?`, `{n}` or `{n,m}`."""
    if match["least"] is None:
        return 0, 1
    return int(match["least"]), int(match["most"] or match["least"])


def national_forms(e164: str) -> tuple[str, ...]:
    """Give a phone number in E.164 and with its trunk zero wrongly kept (+440…), which lists in use expect."""
    return (e164, *(f"{e164[:end]}0{e164[end:]}" for end in range(2, 5)))
