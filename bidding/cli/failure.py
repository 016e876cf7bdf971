"""What a command could not do: what happened, what to do next, and the exit code.

Exit codes: 0 done · 1 checked and found wrong · 2 wrong usage · 3 refused by the platform · 4 platform not
reachable or not ready · 5 a local file (key, form, bid, lot) is wrong · 6 the server cannot start or stopped
by itself · 130 interrupted
"""

from enum import IntEnum

from bidding.cli.language import say


class Exit(IntEnum):
    DONE = 0
    FOUND_WRONG = 1
    USAGE = 2
    REFUSED = 3
    UNREACHABLE = 4
    LOCAL = 5
    SERVER = 6
    INTERRUPTED = 130


EXIT_CODES = (
    "退出码 Exit codes: 0 完成 done · 1 核验不符 found wrong · 2 用法错误 usage · 3 平台拒绝 refused · "
    "4 平台不可达或未就绪 unreachable or not ready · 5 本地文件有误 local file · 6 服务无法运行 server · "
    "130 中断 interrupted"
)


class Failure(Exception):
    """Shown without a traceback. Texts are in the terminal's language already."""

    def __init__(self, code: Exit, what: str, then: str) -> None:
        super().__init__(what)
        self.code, self.what, self.then = code, what, then


def failure(code: Exit, what: tuple[str, str], then: tuple[str, str]) -> Failure:
    """Each text as (Chinese, English)."""
    return Failure(code, say(*what), say(*then))
