"""The tags of the API: one per phase of a tender's life, in the order in which it runs through them."""

from typing import NamedTuple


class Tag(NamedTuple):
    """``phase``: the first half of its commands' names; the tag itself is Chinese and English in one."""

    phase: str
    zh: str
    en: str
    about: str

    @property
    def name(self) -> str:
        return f"{self.zh} {self.en}"


TAGS: tuple[Tag, ...] = (
    Tag(
        "registration",
        "主体注册",
        "Registration",
        "Parties, their roles and devices. 单位、个人、角色与设备。",
    ),
    Tag("session", "登录", "Login", "Sessions, opened by a signed challenge. 以设备签名的质询登录。"),
    Tag(
        "admission",
        "进场受理",
        "Admission",
        "Filing a lot, one-shot correction, acceptance. 受理、一次性补正。",
    ),
    Tag("booking", "时间场地预约", "Booking", "Opening and evaluation rooms. 开标、评标场地。"),
    Tag(
        "notice",
        "招标公告与文件",
        "Notice",
        "Notice, documents, clarifications. 公告、文件、澄清修改、异议。",
    ),
    Tag(
        "prequalification",
        "资格预审",
        "Prequalification",
        "Applications, their review, who may bid. 申请、审查、结果。",
    ),
    Tag("bid", "投标", "Bids", "Sealed bids: receipts, replacement, withdrawal. 密封、回执、替换、撤回。"),
    Tag("experts", "专家库", "Experts", "The pool that committees are drawn from. 抽取评标专家的名册。"),
    Tag("uploads", "上传", "Uploads", "Resumable uploads (tus 1.0). 断点续传。"),
    Tag(
        "opening",
        "不见面开标",
        "Opening",
        "Roll, key release, announcement, record. 名单、解密、唱标、记录。",
    ),
    Tag(
        "escrow",
        "密钥托管",
        "Escrow",
        "Trustees' keys, their trial, incident report, shares. 受托人密钥、演练、报告、份额。",
    ),
    Tag(
        "conflict",
        "利益冲突",
        "Conflicts",
        "Related bidders and consortia, found with the roll. 关联投标人与联合体,名单公布时检查。",
    ),
    Tag(
        "credit",
        "信用",
        "Credit",
        "Credit lists, what they do, look-ups and repair. 失信名单、后果、查询与修复。",
    ),
    Tag("evaluation", "评标", "Evaluation", "Committee, scores, report. 评委会、打分、评标报告。"),
    Tag("award", "定标与公示", "Award", "Publicity, objections, award notice. 公示、异议、中标通知书。"),
    Tag(
        "contract", "电子合同", "Contract", "Drafted from the bid, signed by both. 依投标文件订立、双方签署。"
    ),
    Tag(
        "performance",
        "合同履约",
        "Performance",
        "Library, milestones, acceptance, payment clocks. 合同入库、里程碑、验收、付款时钟。",
    ),
    Tag("money", "两金一费", "Waivers", "Deposits, bonds, fees: what was waived and returned. 减免与退还。"),
    Tag(
        "complaint",
        "投诉",
        "Complaints",
        "Lodged, examined, decided with their remedy. 投诉的提出、受理、处理决定。",
    ),
    Tag("control", "监督", "Supervision", "Suspension, termination, test clocks. 暂停、终止、测试时钟。"),
    Tag(
        "alert", "预警", "Alerts", "Duties that are late: acknowledged or taken further up. 逾期预警与签收。"
    ),
    Tag(
        "media",
        "媒介与对接",
        "Exchange",
        "The same notice on all media; records for other platforms. 媒介一致、对外推送。",
    ),
    Tag(
        "timestamp",
        "时间戳",
        "Time-stamps",
        "Tokens of authorities outside over what the tender turns on. 第三方时间戳。",
    ),
    Tag(
        "archive", "归档", "Archive", "Packages for each duty holder, kept for years. 各方归档包与保管期限。"
    ),
    Tag("public", "公开信息", "Public", "Lots, feeds, receipts: no login. 标段、公开事件,无需登录。"),
    Tag("service", "服务", "Service", "Health, problem pages. 健康检查、问题说明。"),
)

BY_PHASE: dict[str, Tag] = {tag.phase: tag for tag in TAGS}


def tag(phase: str) -> str:
    """The tag's name for ``tags=[…]``. Raises ``KeyError`` for a phase that the list does not know."""
    return BY_PHASE[phase].name
