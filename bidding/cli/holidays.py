"""What to do about a table of holidays that cannot be used (R-TIME-03)."""

from bidding.cli.failure import Exit, Failure, failure
from bidding.compose.calendars import NoHolidays


def unusable(error: NoHolidays, code: Exit) -> Failure:
    return failure(
        code,
        (
            f"放假安排不可用:{error.file}({error.reason})",
            f"the table of holidays cannot be used: {error.file} ({error.reason})",
        ),
        (
            "检查 BIDDING_HOLIDAYS 所指的文件,格式见 docs/holidays.md;不设则只用已安装的日历",
            "check the file that BIDDING_HOLIDAYS names (docs/holidays.md); without it only the installed "
            "calendar counts",
        ),
    )
