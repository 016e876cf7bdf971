"""Any error as a ``Failure``: what happened and what to do next, never a traceback and never a secret."""

import msgspec

from bidding.cli.failure import Exit, Failure, failure
from bidding.cli.language import say
from bidding.crypto.errors import (
    CanonicalError,
    CryptoError,
    FormError,
    FormTooLongError,
    LengthMismatchError,
    MalformedKeyError,
    OpeningError,
    SignatureError,
    UnsafeFileNameError,
    UnsupportedSuiteError,
    WrongPassphraseError,
)
from bidding.crypto.printable import printable
from bidding.domain.datafile import DataFileError


def explained(error: Exception) -> Failure:
    if isinstance(error, Failure):
        return error
    return _of_network(error) or _of_crypto(error) or _of_files(error) or _unexpected(error)


def _of_network(error: Exception) -> Failure | None:
    # Offline commands never load these libraries; what was not loaded cannot have failed.
    import sys

    if not {"httpx2", "websockets"} & sys.modules.keys():
        return None
    import httpx2

    from bidding.client.session import Problem

    if isinstance(error, Problem):
        said = error.detail or say(f"平台拒绝({error.code})", f"the platform refused ({error.code})")
        return Failure(Exit.REFUSED if error.status < 500 else Exit.UNREACHABLE, said, error.next_step)
    if isinstance(error, httpx2.TimeoutException):
        what = ("平台没有及时回应", "the platform did not answer in time")
    elif isinstance(error, httpx2.TransportError):
        what = ("无法连接平台", "the platform cannot be reached")
    elif isinstance(error, httpx2.InvalidURL):
        return failure(
            Exit.USAGE,
            ("网址有误", "that is no address of a platform"),
            ("写成 https://主机:端口", "write https://host:port"),
        )
    else:
        return None
    return failure(
        Exit.UNREACHABLE,
        what,
        (
            "检查网址与网络后重试同一命令:已上传的不会重传",
            "check the address and the network, then repeat the command: what was uploaded stays uploaded",
        ),
    )


def _of_crypto(error: Exception) -> Failure | None:
    """The first kind that fits decides: special ones stand before general ones."""
    texts: tuple[tuple[type[CryptoError], tuple[str, str], tuple[str, str]], ...] = (
        (
            WrongPassphraseError,
            ("密钥文件的口令不对,或没有给出", "the key file's passphrase is wrong or missing"),
            ("再输入一次,或用 BIDDING_PASSPHRASE 给出", "try again, or give it in BIDDING_PASSPHRASE"),
        ),
        (
            MalformedKeyError,
            ("这不是可用的密钥", "this is no usable key"),
            ("检查所给的密钥文件、公钥或恢复码", "check the key file, public key or recovery code"),
        ),
        (
            UnsupportedSuiteError,
            ("本程序不支持这个密码套件", "this program does not speak that cipher suite"),
            ("请更新程序;国密套件须安装 bidding[gm]", "update it; for the SM suite install bidding[gm]"),
        ),
        (
            UnsafeFileNameError,
            ("文件名不可用", "a file name cannot be used"),
            (
                "改名后再封装:不含路径、控制字符,不重名",
                "rename the file: no path, no control character, no duplicate",
            ),
        ),
        (
            FormTooLongError,
            ("开标一览表过长", "the opening form is too long"),
            ("缩短备注或附加项", "shorten the note or the extras"),
        ),
        (
            LengthMismatchError,
            ("封装期间文件有变动", "a file changed while it was sealed"),
            ("确认无人修改后重新封装", "make sure that nobody writes to it and seal again"),
        ),
        (
            FormError,
            ("开标一览表有误", "the opening form is wrong"),
            ("改正所指的字段", "correct the field that is named"),
        ),
        (
            OpeningError,
            ("打不开这份封装", "the sealed bid does not open"),
            (
                "确认密钥与目录属于同一份投标;若文件受损,重新封装并替换",
                "make sure that key and folder belong together; if files are damaged, seal again and replace",
            ),
        ),
        (
            SignatureError,
            ("签名不符", "the signature does not hold"),
            ("确认文件完整、公钥正确", "make sure that the file is whole and the public key the right one"),
        ),
        (
            CanonicalError,
            ("文件不是本程序的格式", "the file is not in this program's format"),
            ("确认文件未被改动", "make sure that it was not edited"),
        ),
        (CryptoError, ("密码操作失败", "a cryptographic operation failed"), ("", "")),
    )
    for kind, what, then in texts:
        if isinstance(error, kind):
            said = "; ".join(
                f"{name}: {value}" for name, value in error.data.items() if value not in (None, "")
            )
            shown = f"({printable(said)})"  # names may come from a foreign file
            return failure(Exit.LOCAL, (what[0] + shown, f"{what[1]} {shown}"), then)
    return None


def _of_files(error: Exception) -> Failure | None:
    then = ("检查路径与权限", "check path and permissions")
    match error:
        case FileExistsError():
            what = (
                f"已存在,不覆盖:{error.filename or error}",
                f"exists already, not overwritten: {error.filename or error}",
            )
            then = ("换一个文件名或目录", "choose another name or folder")
        case FileNotFoundError():
            what = (f"没有这个文件:{error.filename or error}", f"no such file: {error.filename or error}")
        case IsADirectoryError():
            what = (f"这是目录,不是文件:{error.filename}", f"a folder, not a file: {error.filename}")
        case PermissionError():
            what = (f"没有权限:{error.filename}", f"not permitted: {error.filename}")
        case OSError():
            reason = error.strerror or type(error).__name__
            what = (f"文件操作失败:{reason}", f"a file operation failed: {reason}")
            then = ("检查磁盘空间与路径", "check disk space and path")
        case msgspec.MsgspecError() | UnicodeDecodeError() | DataFileError():
            what = (f"文件内容有误:{error}", f"the file's content is wrong: {error}")
            then = ("确认这是正确的文件", "make sure that it is the right file")
        case _:
            return None
    return failure(Exit.LOCAL, what, then)


def _unexpected(error: Exception) -> Failure:
    return failure(
        Exit.SERVER,
        (f"程序内部错误:{type(error).__name__}", f"an error of the program: {type(error).__name__}"),
        (
            "用 bidding --debug 重做一次,把输出交给维护者",
            "repeat it with bidding --debug and report what it prints",
        ),
    )
