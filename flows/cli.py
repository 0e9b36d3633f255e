"""yueji: the command line over the flows. Each command says what it does, an example, and its exit codes."""

import argparse
import getpass
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import flows.quiet  # noqa: F401  # before Prefect is imported
from flows.settings import end_of
from transforms import period

if TYPE_CHECKING:
    from flows.house import House

EXIT_CODES = (
    "Exit: 0 done, 1 done, and some files were sent back, 2 usage, 4 another run is writing, 70 a bug (see the log)."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    told = _parser().parse_args(arguments)
    from flows.deciding import Refused
    from flows.lock import HouseLocked, only_writer
    from flows.publishing import NotOver
    from flows.settings import Settings
    from flows.withdrawing import NotFound

    try:
        if told.run not in (_status, _explain, _trace, _lights):
            with only_writer(Settings().var):
                pass  # Asked before anything starts, so that the answer is one line.
        code: int = told.run(told)
    except HouseLocked as error:
        print(error, file=sys.stderr)
        return 4
    except (NotOver, NotFound, Refused) as error:
        print(error, file=sys.stderr)
        return 2
    except Exception:
        traceback.print_exc()
        return 70
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yueji", description="月季: monthly scheduling and quarterly analysis.", epilog=EXIT_CODES
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _command(
        commands,
        "nightly",
        _nightly,
        "Take in what lies in inbound/, answer each file, reconcile, and publish what is due.",
        "yueji nightly\n  yueji nightly --as-of 2022-09-13T01:30",
    ).add_argument("--as-of", type=_moment, help="the moment of the run (Asia/Shanghai); default: now")
    _command(
        commands,
        "receive",
        _receive,
        "Take in what lies in inbound/ and answer each file; reconcile and publish nothing. Meant for every few minutes.",
        "yueji receive",
    )
    templates = _command(
        commands,
        "templates",
        _templates,
        "Write the templates of a month, one for each department and return, with last month's figures to compare.",
        "yueji templates 2022-09\n  yueji templates 2022-09 --district jb",
    )
    templates.add_argument("month", type=_month)
    templates.add_argument("--district", help="code of one district; default: all")
    publish = _command(
        commands,
        "publish",
        _publish,
        "Publish one month (2022-08) or one quarter (2022Q3). A new edition only if something changed.",
        "yueji publish 2022-08\n  yueji publish 2022Q2 --as-of 2022-09-13\n  yueji publish 2022-08 --lang en",
    )
    publish.add_argument("period", type=_period)
    publish.add_argument("--lang", choices=("zh", "en"), default="zh", help="of the labels; figures are the same")
    publish.add_argument("--as-of", type=_day, help="as known by 24:00 of this day; default: now")
    backfill = _command(
        commands,
        "backfill",
        _backfill,
        "Publish these months again, as known on that day. Nothing already published is overwritten.",
        "yueji backfill 2022-01..2022-08 --as-of 2022-09-13",
    )
    backfill.add_argument("months", type=_months, metavar="FIRST..LAST")
    backfill.add_argument("--as-of", type=_day, help="as known by 24:00 of this day; default: now")
    backfill.add_argument("--no-quarters", action="store_true", help="the monthly workbooks only")
    withdraw = _command(
        commands,
        "withdraw",
        _withdraw,
        "Withdraw a submission by the number on its receipt, or the acceptance of a difference by its number. Nothing is "
        "deleted; the version before it counts again, the difference is to be settled again.",
        "yueji withdraw 4f3a9c01d2e8b765 --by 高绮 --reason 投错了月份\n"
        "  yueji withdraw R02-202208-1A2B3C4D --by 高绮 --reason 国库来函更正",
    )
    withdraw.add_argument("number", help="回执编号，或差异的编号")
    withdraw.add_argument("--by", required=True, help="who decides")
    withdraw.add_argument("--reason", required=True, help="why; the department reads it on its receipt")
    _add_decisions(commands)
    _add_lights(commands)
    traced = _command(
        commands,
        "trace",
        _trace,
        "Show where a published number comes from: formula, figures, and for each the return, file, sheet, cell, version.",
        "yueji trace 月调度表.xlsx 'M02!H17'",
    )
    traced.add_argument("file", type=Path, help="a published workbook")
    traced.add_argument("place", metavar="SHEET!CELL", help="such as M02!H17")
    status = _command(
        commands,
        "status",
        _status,
        "Show what is due and not filed, what was sent back, what differs, what was published.",
        "yueji status\n  yueji status 2022-08 --as-of 2022-09-13",
    )
    status.add_argument("month", nargs="?", type=_month)
    status.add_argument("--as-of", type=_moment, help="as known at this moment (Asia/Shanghai); default: now")
    return parser


def _add_decisions(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands about differences and about closing a month."""
    explain = _command(
        commands,
        "explain",
        _explain,
        "Tell all there is to know of one difference, or of the differences of a rule in a period.",
        "yueji explain R02 2022-08\n  yueji explain R32 2022Q3 --district jb\n  yueji explain R02-202208-1A2B3C4D",
    )
    explain.add_argument("code", metavar="CODE", help="a rule (R02) or the number of a difference")
    explain.add_argument("period", nargs="?", type=_period, help="2022-08 or 2022Q3; not needed with a number")
    explain.add_argument("--district", help="code of one district; default: all")
    explain.add_argument("--as-of", type=_moment, help="as known at this moment (Asia/Shanghai); default: now")
    note = _command(
        commands,
        "note",
        _note,
        "Write down the reason of a difference that a department told by telephone or letter.",
        "yueji note R02-202208-1A2B3C4D --by 高绮 --reason 8月31日退付的三笔国库9月2日入账",
    )
    accept = _command(
        commands,
        "accept",
        _accept,
        "Accept a difference up to a limit and until the end of a month; beyond either the night opens it again.",
        "yueji accept R02-202208-1A2B3C4D --limit 12.5万元 --owner 区税务局 --until 2022-12 --reason 历史遗留，年底清算",
    )
    accept.add_argument(
        "--limit", required=True, help="how much it may be, in the unit in which it is shown, or with one"
    )
    accept.add_argument("--owner", required=True, help="department that answers for it: code or name")
    accept.add_argument("--until", required=True, type=_month, help="the last month for which it holds")
    for command in (note, accept):
        command.add_argument("number", help="差异的编号")
        command.add_argument("--by", default=getpass.getuser(), help="who says so; default: the login name")
        command.add_argument("--reason", required=True, help="why")
    close = _command(
        commands,
        "close",
        _close,
        "Close a month of a district: its workbooks rest, later corrections are told as revisions. Refused with a list "
        "while returns are missing or differences are neither explained nor accepted.",
        "yueji close 2022-08 --district jb --by 高绮\n  yueji close 2022-08 --district jb --force --reason 按期印发",
    )
    close.add_argument("--force", action="store_true", help="although something is open; needs --reason")
    close.add_argument("--reason", default="", help="why")
    reopen = _command(
        commands,
        "reopen",
        _reopen,
        "Open a closed month again; the next night publishes it anew if something has changed.",
        "yueji reopen 2022-08 --district jb --by 高绮 --reason 退库数据整体重报",
    )
    reopen.add_argument("--reason", required=True, help="why")
    for command in (close, reopen):
        command.add_argument("month", type=_month)
        command.add_argument("--district", required=True, help="code of the district")
        command.add_argument("--by", default=getpass.getuser(), help="who decides; default: the login name")


def _add_lights(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands about lights that a person sets by hand."""
    light = _command(
        commands,
        "light",
        _light,
        "Set a light of one month by hand: of a core figure (I1202), a target (T013) or a measure (ML-07). The computed "
        "light is shown with it; --withdraw takes back what was set. The next night publishes the month anew.",
        "yueji light 2022-08 I1202 黄 --district jb --by 高绮 --reason 两户因道路施工超时\n"
        "  yueji light 2022-08 I1202 --withdraw --district jb --by 高绮 --reason 已补报说明",
    )
    light.add_argument("month", type=_month)
    light.add_argument("code", metavar="CODE", help="a core figure (M02), a target (M07) or a measure (M06)")
    light.add_argument("light", nargs="?", metavar="LIGHT", help="蓝、绿、黄 or 红; none with --withdraw")
    light.add_argument("--withdraw", action="store_true", help="take back what was set")
    light.add_argument("--district", required=True, help="code or name of the district")
    light.add_argument("--by", required=True, help="who decides; stands in the workbook")
    light.add_argument("--reason", required=True, help="why; stands in the workbook")
    lights = _command(
        commands,
        "lights",
        _lights,
        "List the lights of a month that were set by hand or taken back: as they stand, as computed, who, when, why.",
        "yueji lights 2022-08\n  yueji lights 2022-08 --district jb --as-of 2022-09-13",
    )
    lights.add_argument("month", type=_month)
    lights.add_argument("--district", help="code or name of one district; default: all")
    lights.add_argument("--as-of", type=_moment, help="as known at this moment (Asia/Shanghai); default: now")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: object, does: str, example: str
) -> argparse.ArgumentParser:
    made = commands.add_parser(
        name,
        help=does,
        description=f"{does}\n\nExample:\n  {example}",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.set_defaults(run=run)
    return made


def _nightly(told: argparse.Namespace) -> int:
    from flows.nightly import nightly

    return nightly(told.as_of).exit_code


def _receive(told: argparse.Namespace) -> int:
    from flows.receiving import receive

    return receive().exit_code


def _templates(told: argparse.Namespace) -> int:
    from flows.house import open_house
    from flows.lock import only_writer
    from flows.settings import Settings, now
    from flows.templating import write_templates

    settings = Settings()
    with only_writer(settings.var), open_house(settings) as house:
        known = [d.code for d in house.catalogue.districts]
        if told.district not in (None, *known):
            print(f"没有区县 {told.district}；有：{'、'.join(known)}", file=sys.stderr)
            return 2
        for path in write_templates(house, told.month, [told.district] if told.district else known, now()):
            print(path)
    return 0


def _withdraw(told: argparse.Namespace) -> int:
    from flows.deciding import is_number, withdraw_acceptance
    from flows.house import open_house
    from flows.lock import only_writer
    from flows.settings import Settings, now
    from flows.withdrawing import withdraw

    settings = Settings()
    with only_writer(settings.var), open_house(settings) as house:
        if is_number(told.number):
            print(withdraw_acceptance(house, told.number, told.reason, told.by, now()))
            return 0
        for path in withdraw(house, told.number, told.by, told.reason, now()):
            print(path)
    return 0


def _trace(told: argparse.Namespace) -> int:
    from flows.house import open_house
    from flows.settings import Settings
    from flows.tracing import trace

    with open_house(Settings()) as house:
        print(trace(house, told.file, told.place))
    return 0


def _explain(told: argparse.Namespace) -> int:
    from flows.explaining import explain
    from flows.house import open_house
    from flows.settings import Settings, now

    with open_house(Settings()) as house:
        print(explain(house, told.code, told.period, told.district, told.as_of or now()))
    return 0


def _note(told: argparse.Namespace) -> int:
    from flows.deciding import note

    return _decide(lambda house, at: note(house, told.number, told.reason, told.by, at))


def _accept(told: argparse.Namespace) -> int:
    from flows.deciding import Acceptance, accept

    terms = Acceptance(told.limit, told.owner, told.until, told.reason)
    return _decide(lambda house, at: accept(house, told.number, terms, told.by, at))


def _close(told: argparse.Namespace) -> int:
    from flows.deciding import close_month, district_of

    return _decide(
        lambda house, at: close_month(
            house, district_of(house, told.district), told.month, told.by, at, told.reason, told.force
        )
    )


def _reopen(told: argparse.Namespace) -> int:
    from flows.deciding import district_of, reopen_month

    return _decide(
        lambda house, at: reopen_month(house, district_of(house, told.district), told.month, told.by, at, told.reason)
    )


def _light(told: argparse.Namespace) -> int:
    from flows.deciding import Refused, district_of
    from flows.lighting import set_light, withdraw_light

    if bool(told.light) == told.withdraw:
        raise Refused("请写明设定为哪种灯（蓝、绿、黄、红），或用 --withdraw 撤回，二者取一。")

    def decided(house: "House", at: datetime) -> str:
        place = (house, district_of(house, told.district), told.month, told.code)
        if told.withdraw:
            return withdraw_light(*place, told.reason, told.by, at)
        return set_light(*place, told.light, told.reason, told.by, at)

    return _decide(decided)


def _lights(told: argparse.Namespace) -> int:
    from flows.deciding import district_of
    from flows.house import open_house
    from flows.lighting import list_lights
    from flows.settings import Settings, now

    with open_house(Settings()) as house:
        district = district_of(house, told.district) if told.district else None
        print(list_lights(house, district, told.month, told.as_of or now()))
    return 0


def _decide(decision: "Callable[[House, datetime], str]") -> int:
    """Enter what a person decides in the record, and print the sentence about it."""
    from flows.house import open_house
    from flows.lock import only_writer
    from flows.settings import Settings, now

    settings = Settings()
    with only_writer(settings.var), open_house(settings) as house:
        print(decision(house, now()))
    return 0


def _publish(told: argparse.Namespace) -> int:
    from flows.backfill import publish

    publish("quarterly" if "Q" in told.period else "monthly", told.period, told.as_of, told.lang)
    return 0


def _backfill(told: argparse.Namespace) -> int:
    from flows.backfill import backfill

    first, last = told.months
    backfill(first, last, as_of=told.as_of, quarters=not told.no_quarters)
    return 0


def _status(told: argparse.Namespace) -> int:
    from flows.status import status

    status(told.month, told.as_of)
    return 0


def _moment(word: str) -> datetime:
    """A moment; a day alone means its end, as for `publish` and `backfill`."""
    try:
        moment = datetime.fromisoformat(word).replace(tzinfo=None)
        return moment if len(word) > len("2022-09-13") else end_of(moment)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word}: 请写成 2022-09-13 或 2022-09-13T01:30") from None


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word}: 请写成 2022-09-13") from None


def _month(word: str) -> str:
    try:
        period.split(word)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word}: 请写成 2022-08") from None
    return word


def _period(word: str) -> str:
    if "Q" in word:
        try:
            period.months_of(word)
        except (ValueError, IndexError):
            raise argparse.ArgumentTypeError(f"{word}: 请写成 2022-08 或 2022Q3") from None
        return word
    return _month(word)


def _months(word: str) -> tuple[str, str]:
    first, dots, last = word.partition("..")
    months = _month(first), _month(last if dots else first)
    if months[0] > months[1]:
        raise argparse.ArgumentTypeError(f"{word}: 起始月份在截止月份之后")
    return months


if __name__ == "__main__":
    raise SystemExit(main())
