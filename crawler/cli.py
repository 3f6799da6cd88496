"""The console script `kliping`: the project's commands, anywhere."""

from __future__ import annotations

import sys

from crawler.exitcodes import ExitCode

COMMANDS = {
    "demo": "try it: crawl the bundled demo portal and show what was kept",
    "crawl": "crawl a portal into a collection",
    "browse": "read a collection in the browser: search, articles beside their originals",
    "status": "what a collection holds, and what is missing",
    "report": "one page: coverage, gaps, failures, and fields that went missing",
    "diff": "what an edit changed in an article, word by word",
    "verify": "re-check every promise of a collection from its files",
    "index": "index the WARC files for replay tools (CDXJ)",
    "reextract": "make the sidecars again from the WARC files",
    "wacz": "package a collection as one WACZ file for replay",
    "export": "write the articles as a corpus: JSON lines, Parquet, Hugging Face, CSV, text",
    "remove": "leave an article out, or redact it, and say why",
    "portals": "portals and hosts that can be crawled",
}


def main(argv: list[str] | None = None) -> int:
    """Run a command; the result is its exit code, as documented in the README."""
    words = sys.argv[1:] if argv is None else argv
    command = next((word for word in words if not word.startswith("-")), None)
    if command is None:
        return _introduce(words)
    if command not in COMMANDS:
        from difflib import get_close_matches  # noqa: PLC0415 - only for a slip of the finger

        near = get_close_matches(command, COMMANDS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(COMMANDS)}"
        print(f"kliping: there is no command {command!r}; {hint}", file=sys.stderr)
        return ExitCode.USAGE
    from crawler.command_line import run  # noqa: PLC0415 - the list of commands needs none of it

    place = words.index(command)
    try:
        return run(command, [*words[:place], *words[place + 1 :]])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ExitCode.FAILURE


def _introduce(words: list[str]) -> int:
    if "--version" in words:
        from crawler.version import SOFTWARE  # noqa: PLC0415 - reading the package's metadata takes time

        print(SOFTWARE)
        return ExitCode.COMPLETE
    wrong = [word for word in words if word not in {"-h", "--help"}]
    if wrong:
        print(f"kliping: unknown option {wrong[0]!r}; `kliping --help` shows what there is", file=sys.stderr)
        return ExitCode.USAGE
    print(_HELP)
    return ExitCode.COMPLETE


_HELP = f"""\
Kliping keeps regional news: it crawls portals, archives every answer in WARC files and
writes one clean JSON record per article, complete over its pages.

Usage: kliping COMMAND [options]

Commands:
{chr(10).join(f"  {name:<10} {text}" for name, text in COMMANDS.items())}

First steps:
  kliping demo                                    see an article beside its archived original
  kliping portals                                 which hosts there are
  kliping crawl serambi -a since=2022-07-01 -a until=2022-07-31 \\
      -s KLIPING_CONTACT=you@library.example --collection aceh-2022

`kliping COMMAND --help` explains a command. Exit codes:
{chr(10).join(f"  {int(code):>3}  {code.meaning}" for code in ExitCode)}"""


if __name__ == "__main__":
    sys.exit(main())
