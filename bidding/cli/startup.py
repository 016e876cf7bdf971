"""Why a server could not start, in words: everything that its surroundings can do to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from bidding.application.ports import Unavailable
from bidding.cli.failure import Exit, Failure, failure
from bidding.cli.holidays import unusable
from bidding.compose.authorities import NoAuthority
from bidding.compose.calendars import NoHolidays
from bidding.compose.keyring import OtherKeys
from bidding.compose.ports import NoPort
from bidding.compose.running import PartEnded
from bidding.compose.seals import NoSeal
from bidding.compose.settings import Settings
from bidding.compose.timestamps import NoRoots
from bidding.compose.tls import BadCertificate
from bidding.crypto.errors import TimestampError
from storage.errors import MigrationError, PersistenceError, StorageFull, UnsupportedServer
from storage.objects.errors import ObjectError


@contextmanager
def explained(settings: Settings) -> Iterator[None]:
    """Failures of ports, database, object store, disk and keys as ``Failure``; anything else is a bug."""
    try:
        yield
    except NoPort as error:
        raise failure(
            Exit.SERVER,
            (f"无法监听 {error.host}:{error.port}", f"cannot listen on {error.host}:{error.port}"),
            (
                "检查 BIDDING_HOST 是否为本机地址,BIDDING_PORT、BIDDING_LIVE_PORT 是否可用",
                "check that BIDDING_HOST is an address of this machine, and BIDDING_PORT, BIDDING_LIVE_PORT",
            ),
        ) from error
    except BadCertificate as error:
        raise failure(
            Exit.SERVER,
            (
                f"证书不可用:{error.file}({error.reason})",
                f"the certificate cannot be used: {error.file} ({error.reason})",
            ),
            (
                "检查 BIDDING_TLS_CERT 与 BIDDING_TLS_KEY;两者都不设则就地生成",
                "check BIDDING_TLS_CERT and BIDDING_TLS_KEY; with neither, a certificate is made on the spot",
            ),
        ) from error
    except (NoRoots, TimestampError) as error:
        raise failure(
            Exit.SERVER,
            (f"时间戳的根证书不可用:{error}", f"no usable roots for time-stamps: {error}"),
            (
                "BIDDING_TIME_ROOTS 指向时间戳服务机构的 PEM 根证书文件",
                "let BIDDING_TIME_ROOTS name a file of the authorities' root certificates (PEM)",
            ),
        ) from error
    except NoHolidays as error:
        raise unusable(error, Exit.SERVER) from error
    except NoAuthority as error:
        raise failure(
            Exit.SERVER,
            (f"电子认证机构目录不可用:{error}", f"licensed authorities cannot be read: {error}"),
            (
                "检查 BIDDING_LICENSED_AUTHORITIES 目录下各 authority.toml",
                "check each authority.toml under BIDDING_LICENSED_AUTHORITIES",
            ),
        ) from error
    except NoSeal as error:
        raise failure(
            Exit.SERVER,
            (f"电子印章不可用:{error}", f"the electronic seal cannot be used: {error}"),
            (
                "检查 BIDDING_SEAL 目录;印章或证书过期须重新制章",
                "check the folder BIDDING_SEAL; a seal or certificate out of its days is made anew",
            ),
        ) from error
    except OtherKeys as error:
        raise failure(
            Exit.SERVER,
            (f"签名密钥不符:{error}", f"other signing keys: {error}"),
            (
                "BIDDING_SIGNER 指向持有原密钥的签名服务(bidding signer import)",
                "let BIDDING_SIGNER name the service that holds the platform's keys (bidding signer import)",
            ),
        ) from error
    except PartEnded as error:
        raise failure(
            Exit.SERVER,
            (f"“{error.part}”意外终止({error.kind})", f"“{error.part}” ended by itself ({error.kind})"),
            ("查看日志后重新启动;数据未受影响", "see the log, then start again; the data are unharmed"),
        ) from error
    except (PersistenceError, Unavailable) as error:
        raise _database(settings, error) from error
    except ObjectError as error:
        raise _objects(settings, str(error)) from error
    except PermissionError as error:
        raise failure(
            Exit.SERVER,
            (f"没有权限:{error.filename}", f"not permitted: {error.filename}"),
            ("检查数据目录的所有者与权限", "check owner and permissions of the data folder"),
        ) from error


def _database(settings: Settings, error: PersistenceError | Unavailable) -> Failure:
    if isinstance(error, Unavailable) and error.what != "database":
        return _objects(settings, error.what)
    if isinstance(error, UnsupportedServer):
        return failure(
            Exit.SERVER,
            (
                f"不支持 PostgreSQL {error.found}:需要 {error.oldest} 至 {error.newest}",
                f"PostgreSQL {error.found} is not supported: {error.oldest} to {error.newest} are",
            ),
            ("更换或升级数据库服务器", "use another server, or upgrade this one"),
        )
    if isinstance(error, MigrationError):
        return failure(
            Exit.SERVER,
            (f"数据库结构与程序不符:{error}", f"the database does not fit this program: {error}"),
            (
                "使用与数据库相同或更新的版本",
                "run the version that the database was made with, or a newer one",
            ),
        )
    if isinstance(error, StorageFull):
        return failure(
            Exit.SERVER,
            ("数据库磁盘已满", "the database has no room left"),
            ("清出空间后重新启动;数据未受影响", "make room and start again; the data are unharmed"),
        )
    if settings.database_url is None:
        log = settings.postgres_folder.absolute() / "pgdata" / "server.log"
        return failure(
            Exit.SERVER,
            (f"内置 PostgreSQL 无法启动:{error}", f"the embedded PostgreSQL does not start: {error}"),
            (f"查看 {log};上级目录须允许通过(x 权限)", f"see {log}; the folders above must be passable (x)"),
        )
    return failure(
        Exit.SERVER,
        ("数据库不可达或拒绝连接", "the database cannot be reached, or refuses the connection"),
        (
            "检查 BIDDING_DATABASE_URL 的主机、端口、库名、用户与口令,以及服务器是否在运行",
            "check host, port, name, user and password in BIDDING_DATABASE_URL, and that the server runs",
        ),
    )


def _objects(settings: Settings, reason: str) -> Failure:
    if settings.s3_endpoint is None:
        where, then = (
            str(settings.objects_folder.absolute()),
            ("检查目录与磁盘", "check the folder and the disk"),
        )
    else:
        where = settings.s3_endpoint
        then = (
            "检查 BIDDING_S3_ENDPOINT、密钥、BIDDING_S3_SECURE,以及服务器是否在运行",
            "check BIDDING_S3_ENDPOINT, the keys, BIDDING_S3_SECURE, and that the server runs",
        )
    return failure(
        Exit.SERVER,
        (f"对象存储不可用:{where}({reason})", f"the object store is not available: {where} ({reason})"),
        then,
    )
