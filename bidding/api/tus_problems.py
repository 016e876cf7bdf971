"""What a tus request can be refused with. The app writes them as problem details (RFC 9457).

TusProblem                    status  code
├── BadTusRequest             400     tus-bad-request      a header is missing or malformed
├── UploadNotFound            404     tus-not-found        unknown, or somebody else's: never told apart
├── UploadStalled             408     tus-stalled          no byte came for too long; what came is kept
├── OffsetConflict            409     tus-offset           Upload-Offset is not where the upload stands
├── UploadIsComplete          409     tus-complete         nothing more can be written or deleted here
├── UploadIdTaken             409     tus-taken            the id issued for this upload is in use already
├── UploadEnded               410     tus-gone             expired, terminated or refused
├── UnsupportedVersion        412     tus-version          Tus-Resumable is not 1.0.0
├── UploadTooLarge            413     tus-too-large        beyond Tus-Max-Size or the declared length
├── WrongContentType          415     tus-content-type     not application/offset+octet-stream
├── NotSealed                 422     tus-not-sealed       the first bytes are no sealed bid's
├── UploadIsLocked            423     tus-locked           another request is writing
├── WrongChecksum             460     tus-checksum         the request's bytes were discarded
├── UploadsOutOfService       503     tus-unavailable      a store is down; resume after Retry-After
├── NotYetReceived            503     tus-queue-full       too many wait; nothing of this request was read
└── StorageExhausted          507     tus-storage-full     no room; what was acknowledged is kept
"""

from collections.abc import Mapping
from typing import ClassVar

TUS_VERSION = "1.0.0"


class TusProblem(Exception):
    """`status`, `code`, `titles` by language, `headers` to send; `found` is what was seen, for the detail."""

    status: ClassVar[int]
    code: ClassVar[str]
    titles: ClassVar[Mapping[str, str]]

    def __init__(
        self, found: str = "", *, retry_after: int | None = None, version: bool = False, close: bool = False
    ) -> None:
        self.found = found
        self.headers = {"Tus-Resumable": TUS_VERSION, "Cache-Control": "no-store"}
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)
        if version:
            self.headers["Tus-Version"] = TUS_VERSION
        if close:
            self.headers["Connection"] = "close"
        super().__init__(found)

    def __str__(self) -> str:
        title = self.titles["en"]
        return f"{title}: {self.found}" if self.found else title


class BadTusRequest(TusProblem):
    status = 400
    code = "tus-bad-request"
    titles: ClassVar = {"zh": "上传请求头缺失或格式错误", "en": "Missing or malformed upload header"}


class UploadNotFound(TusProblem):
    status = 404
    code = "tus-not-found"
    titles: ClassVar = {"zh": "没有这个上传任务", "en": "No such upload"}


class UploadStalled(TusProblem):
    status = 408
    code = "tus-stalled"
    titles: ClassVar = {
        "zh": "长时间未收到数据,已收到的部分已保存,请续传",
        "en": "No data for too long; what came is kept, resume",
    }


class OffsetConflict(TusProblem):
    status = 409
    code = "tus-offset"
    titles: ClassVar = {
        "zh": "续传位置与服务器记录不符,请先用 HEAD 查询",
        "en": "Upload-Offset is not where the upload stands; ask with HEAD",
    }


class UploadIsComplete(TusProblem):
    status = 409
    code = "tus-complete"
    titles: ClassVar = {"zh": "上传已完成,不能再写入或删除", "en": "The upload is complete"}


class UploadIdTaken(TusProblem):
    status = 409
    code = "tus-taken"
    titles: ClassVar = {
        "zh": "上传任务编号已被使用,请重新创建",
        "en": "This upload id is in use; create a new one",
    }


class UploadEnded(TusProblem):
    status = 410
    code = "tus-gone"
    titles: ClassVar = {
        "zh": "上传任务已过期或已终止,请重新创建",
        "en": "The upload expired or was ended; create a new one",
    }


class UnsupportedVersion(TusProblem):
    status = 412
    code = "tus-version"
    titles: ClassVar = {"zh": "不支持的 tus 协议版本", "en": "Unsupported tus version"}


class UploadTooLarge(TusProblem):
    status = 413
    code = "tus-too-large"
    titles: ClassVar = {"zh": "文件超过允许或声明的长度", "en": "Longer than allowed or declared"}


class WrongContentType(TusProblem):
    status = 415
    code = "tus-content-type"
    titles: ClassVar = {
        "zh": "Content-Type 必须是 application/offset+octet-stream",
        "en": "Content-Type must be application/offset+octet-stream",
    }


class NotSealed(TusProblem):
    """R-BID-10.1: an upload that is not encrypted is refused (拒收), and nothing of it is kept."""

    status = 422
    code = "tus-not-sealed"
    titles: ClassVar = {
        "zh": "不是加密封装的投标文件,已拒收",
        "en": "Not a sealed bid; refused, nothing was kept",
    }


class UploadIsLocked(TusProblem):
    status = 423
    code = "tus-locked"
    titles: ClassVar = {
        "zh": "另一个请求正在写入此上传任务",
        "en": "Another request is writing to this upload",
    }


class WrongChecksum(TusProblem):
    status = 460
    code = "tus-checksum"
    titles: ClassVar = {
        "zh": "数据校验不符,本次数据已丢弃,请重发",
        "en": "Checksum mismatch; the request's bytes were discarded",
    }


class UploadsOutOfService(TusProblem):
    status = 503
    code = "tus-unavailable"
    titles: ClassVar = {
        "zh": "存储暂时不可用,已确认的数据不会丢失,请稍后续传",
        "en": "Storage is unavailable; acknowledged bytes are kept, resume later",
    }


class NotYetReceived(TusProblem):
    status = 503
    code = "tus-queue-full"
    titles: ClassVar = {
        "zh": "排队人数已满,本次数据尚未收到,请稍后自动续传;未取得回执前投标不算送达",
        "en": "The queue is full, this request is not yet received: resume later; only a receipt says it is",
    }


class StorageExhausted(TusProblem):
    status = 507
    code = "tus-storage-full"
    titles: ClassVar = {
        "zh": "存储空间不足,已确认的数据不会丢失,请稍后续传",
        "en": "Storage is full; acknowledged bytes are kept, resume later",
    }


_BY_CODE: Mapping[str, type[TusProblem]] = {
    "upload-unknown": UploadNotFound,
    "upload-gone": UploadEnded,
    "upload-offset": OffsetConflict,
    "upload-finished": UploadIsComplete,
    "upload-taken": UploadIdTaken,
    "upload-length": UploadTooLarge,
    "upload-checksum": WrongChecksum,
    "upload-refused": NotSealed,
    "upload-locked": UploadIsLocked,
    "object-store-full": StorageExhausted,
    "object-store-unavailable": UploadsOutOfService,
}


def problem_of(error: Exception) -> TusProblem | None:
    """The problem that stands for a port's error, told by its `code`, or by its `retry_after` (seconds).

    None for anything else: that is a defect, or an error of the caller's own callbacks.
    """
    if isinstance(error, TusProblem):
        return error
    retry_after = getattr(error, "retry_after", None)
    seconds = retry_after if isinstance(retry_after, int) else None
    kind = _BY_CODE.get(str(getattr(error, "code", "")))
    if kind is None:
        return None if seconds is None else UploadsOutOfService(retry_after=seconds)
    if kind is StorageExhausted and seconds is None:
        seconds = 60
    # A store's own words stay in the log: they name keys and hosts.
    found = "" if kind in (UploadsOutOfService, StorageExhausted) else str(error)
    return kind(found, retry_after=seconds)
