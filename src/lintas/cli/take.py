# SPDX-License-Identifier: Apache-2.0
"""take and export: files in, and back out byte for byte."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lintas.cli import options, output
from lintas.errors import BadInput, LintasError, OverLimit, SandboxLimit, WrongUse

if TYPE_CHECKING:
    from lintas.model.intake_answers import Taken
    from lintas.web.local import wire

SHOWN_MAX = 20  # rejections shown to a person; JSON has all


@options.verb("take", "lintas take asc reports.csv bundle.json --marking AMBER --grading B2")
@options.folder
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--format", "format_", metavar="F", default="", help="stix, table, payments, text; else found out.")
@click.option("--marking", metavar="TLP|FILE", default="", help="A TLP label, or a JSON file with a marking's codes.")
@click.option("--grading", metavar="B2", default="", help="Admiralty code: source A-F, information 1-6.")
@click.option("--source", metavar="TEXT", default="", help="Who gave it; erased with the content.")
@click.option("--region", metavar="CC", default="", help="How national phone and account numbers are read.")
@click.option("--class", "classes", metavar="CODE", multiple=True, help="Protected class; may be repeated.")
@click.option("--area", "areas", metavar="CODE", multiple=True, help="Crime area; may be repeated.")
@click.option("--mapping", metavar="FILE", default="", help="Column mapping for tables, as --guess-mapping prints it.")
@click.option("--guess-mapping", is_flag=True, help="Take nothing; print how one table's columns would be read.")
@click.option("--recursive", is_flag=True, help="Take every file below a folder.")
@options.actor
@options.as_json
def take(*, folder: Path, files: tuple[str, ...], as_json: bool, **given: Any) -> int:
    """Take files in: STIX, tables, text. FILE may be - for standard input.

    Each object becomes a signed message of its own. What could not be used is listed with its reason, and exit code 1
    says that there was such.
    """
    from lintas.cli import files as reading

    names = reading.named(files, recursive=given["recursive"])
    if not names:
        raise WrongUse("There is no file to take below that folder.")
    if given["guess_mapping"]:
        return guess(folder, names, region=given["region"], as_json=as_json)
    taken = take_all(folder, names, request_from(given))
    if as_json:
        output.json_document(taken)
    else:
        show(taken)
    return 1 if taken.rejected else 0


def request_from(given: dict[str, Any]) -> "wire.Take":
    """The request that the options make."""
    from lintas.cli import files as reading
    from lintas.web.local import wire

    return wire.Take(
        actor=given["actor"],
        format=given["format_"],
        marking=marking_from(given["marking"]),
        grading=given["grading"],
        source=given["source"],
        mapping=reading.read(given["mapping"]).data.decode("utf-8", "replace") if given["mapping"] else "",
        region=given["region"].upper(),
        areas=list(given["areas"]),
        classes=list(given["classes"]),
    )


def take_all(folder: Path, names: list[str], request: "wire.Take") -> "Taken":
    """Take files in batches and join what they answered. One that cannot be read among many is a rejection."""
    from lintas.cli import files as reading
    from lintas.cli.asking import have_done
    from lintas.model.intake_answers import Taken

    answers: list[Taken] = []
    for batch in reading.batches(names):
        if isinstance(batch, reading.Unread):
            if len(names) == 1:
                raise batch.error
            answers.append(refused(batch.name, batch.error))
            continue
        try:
            answers.append(have_done(folder, request, Taken, files=batch))
        except (BadInput, OverLimit, SandboxLimit) as error:
            if len(names) == 1 or len(batch) > 1:
                raise
            answers.append(refused(batch[0].name, error))
        except LintasError as error:
            done = sum(len(answer.intakes) for answer in answers)
            if done:
                error.hint = f"{done} earlier files were taken; taking them again changes nothing. {error.hint}".strip()
            raise
    return joined(answers)


def refused(name: str, error: LintasError) -> "Taken":
    """One file among many that could not be read at all."""
    from lintas.model.intake_answers import Rejection, Taken

    return Taken(
        messages=[],
        duplicates=0,
        read=1,
        used=0,
        rejected=[Rejection(file=name, id="", reason=str(error))],
        statements=0,
        identifiers=0,
        seconds=0.0,
    )


def joined(answers: "list[Taken]") -> "Taken":
    """Join the answers of several batches."""
    from lintas.model.intake_answers import Taken

    return Taken(
        messages=[message for answer in answers for message in answer.messages],
        duplicates=sum(answer.duplicates for answer in answers),
        read=sum(answer.read for answer in answers),
        used=sum(answer.used for answer in answers),
        rejected=[rejection for answer in answers for rejection in answer.rejected],
        statements=sum(answer.statements for answer in answers),
        identifiers=sum(answer.identifiers for answer in answers),
        seconds=round(sum(answer.seconds for answer in answers), 3),
        intakes=[intake for answer in answers for intake in answer.intakes],
        formats=[found for answer in answers for found in answer.formats],
        notes=[note for answer in answers for note in answer.notes],
        alerts=sum(answer.alerts for answer in answers),
    )


def marking_from(text: str) -> dict[str, Any] | None:
    """A marking's codes from a TLP label or a JSON file; nothing given leaves the node's default.

    Raises:
        BadInput: It is neither.
    """
    from lintas.model.marking import Marking, Tlp

    if not text:
        return None
    if Path(text).is_file():
        return codes_of(Path(text))
    return Marking(tlp=Tlp.from_text(text)).codes()


def codes_of(path: Path) -> dict[str, Any]:
    """A marking's codes from a JSON file that names at least the TLP; the rest has safe defaults.

    Raises:
        BadInput: A code is unknown.
    """
    import msgspec

    from lintas.model.marking import Marking, Tlp

    try:
        given = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except msgspec.MsgspecError as exc:
        raise BadInput(f"{path} is no JSON object.", hint='The least is {"tlp": "AMBER"}.') from exc
    if unknown := given.keys() - Marking(tlp=Tlp.RED).codes().keys() - {"classes"}:
        raise BadInput(f"{path} names what no marking has: {', '.join(sorted(unknown))}.")
    tlp = Tlp.from_text(str(given.get("tlp", "")))
    return Marking.from_codes(Marking(tlp=tlp).codes() | given | {"tlp": tlp.name}).codes()


def guess(folder: Path, names: list[str], *, region: str, as_json: bool) -> int:
    """Print how the columns of one table would be read: save it, mend it, give it back with --mapping."""
    import json

    from lintas.cli import files as reading
    from lintas.cli.asking import have_done
    from lintas.web.local import wire

    if len(names) != 1:
        raise WrongUse("--guess-mapping looks at one table at a time.")
    request = wire.GuessMapping(region=region.upper())
    found = have_done(folder, request, wire.MappingAnswer, files=[reading.read(names[0])])
    if as_json:
        output.line(found.mapping)
    else:
        output.lines(json.dumps(json.loads(found.mapping), indent=2, ensure_ascii=False))
    return 0


def show(taken: "Taken") -> None:
    """Say what was taken."""
    output.line(f"read {taken.read:,} = used {taken.used:,} + rejected {len(taken.rejected):,}")
    output.line(
        f"messages {len(taken.messages) - taken.duplicates:,} new, {taken.duplicates:,} taken before; "
        f"statements {taken.statements:,}; identifiers {taken.identifiers:,}; alerts {taken.alerts:,}; "
        f"{taken.seconds:.2f} s"
    )
    for found in dict.fromkeys(taken.formats):
        output.line(f"read as: {found}")
    for rejection in taken.rejected[:SHOWN_MAX]:
        output.line(f"rejected: {rejection.file}: {rejection.id}: {rejection.reason}")
    if len(taken.rejected) > SHOWN_MAX:
        output.line(f"… and {len(taken.rejected) - SHOWN_MAX:,} more; --json lists all")
    for note in taken.notes[:SHOWN_MAX]:
        output.aside(f"note: {note}")


@options.verb("export", "lintas export asc 3f0c…e1 -o bundle.json")
@options.folder
@click.argument("id_", metavar="ID")
@options.output
@click.option("--unmask", is_flag=True, help="Give what is masked too; needs --as and --purpose, and leaves a trace.")
@click.option("--purpose", metavar="TEXT", default="", help="What it is for; it stands in the access entry.")
@options.actor
@options.as_json
def export(*, folder: Path, id_: str, as_json: bool, **given: Any) -> int:
    """Give a taken file, or one item of it, back byte for byte. ID is an intake's or a message's.

    What is marked TLP:RED is shown and never saved, nor is a file that holds it.
    """
    from lintas.cli.asking import have_done
    from lintas.web.local import wire

    asked = wire.Export(actor=given["actor"], id=id_, purpose=given["purpose"], unmask=given["unmask"])
    found = have_done(folder, asked, wire.FileAnswer)
    if found.watermark:
        output.aside(f"saved by {found.watermark}")
    return saved(found.name, found.data, target=given["target"], force=given["force"], as_json=as_json)


def saved(name: str, data: bytes, *, target: str, force: bool, as_json: bool) -> int:
    """Write a file and say where it is."""
    if as_json and target == "-":
        raise WrongUse("--json and -o - cannot share standard output.", hint="Name a file with -o.")
    where = output.save(target, name, data, force=force)
    if as_json:
        output.json_document({"file": where, "size_bytes": len(data)})
    elif where != "-":
        output.line(f"{where}  {output.size_text(len(data))}")
    return 0
