"""Routes of the register: parties, their devices, what the centre decides about them."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from bidding.api.bodies import body_of, decode, read_json
from bidding.api.commands import signed_schema, take
from bidding.api.cursors import DEFAULT_LIMIT, Limit
from bidding.api.desks import AtDesks
from bidding.api.examples import CREDENTIAL, PARTY, example, signed_example
from bidding.api.idempotency import HEADER, key_of, request_hash
from bidding.api.schemas import header, json_answer, json_body, ref, request_body
from bidding.api.sessions import Acting, Asking, Found
from bidding.api.tags import tag
from bidding.application import identity, statements
from bidding.application.identity import party_id
from bidding.application.lists import PartyLine
from bidding.application.platform import Call
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.suite import key_id
from bidding.domain.command import Command
from bidding.domain.errors import Forbidden, Invalid, Unknown
from bidding.domain.parties import Actor, Role
from bidding.domain.registration.cases import CaseYear, case_year
from bidding.domain.registration.commands import (
    BindCertificate,
    BindCredential,
    ChangeLicence,
    CheckPartyCredit,
    CredentialId,
    DeclareRelations,
    DelistAffiliate,
    Enrol,
    EraseData,
    GrantRole,
    ListAffiliate,
    OrderErasure,
    ProveCredential,
    ReportChange,
    RevokeCredential,
    Verify,
)
from bidding.domain.registration.events import CredentialKind, Level

router = APIRouter(prefix="/parties", tags=[tag("registration")])

PartyId = Annotated[str, Path(pattern="^[0-9a-f]{24}$", examples=[PARTY])]


class Enrolment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``bootstrap_code`` makes the first operator, once; it stands outside the statement, which is kept."""

    statement: dict[str, Any]
    signature: Annotated[str, msgspec.Meta(max_length=128)]
    bootstrap_code: Annotated[str, msgspec.Meta(max_length=128)] = ""


class PartyPage(msgspec.Struct, frozen=True, kw_only=True):
    """``more``: there are others; ask by name."""

    parties: tuple[PartyLine, ...]
    more: bool


class RecognisedAuthority(msgspec.Struct, frozen=True, kw_only=True):
    """``roots``: base64url DER; ``kinds``: what of its certificates is taken, ``level``: how sure they are."""

    name: str
    kinds: tuple[CredentialKind, ...]
    level: Level
    roots: tuple[str, ...]


class Authorities(msgspec.Struct, frozen=True, kw_only=True):
    authorities: tuple[RecognisedAuthority, ...]


def _described(command: type[Command], **properties: Any) -> dict[str, Any]:
    fields = example(command.NAME)
    parameters = [header(HEADER, "Your name for this act.", "0f5a1c1e-7d0e-4b57", required=True)]
    if not command.BINDING:
        return {"requestBody": request_body(ref(command), fields), "parameters": parameters}
    schema = signed_schema(command)
    schema["properties"].update(properties)
    shown = signed_example(command.NAME, fields)
    if command is Enrol:
        key = unb64(fields["signing_key"])
        shown = signed_example(command.NAME, fields, by=party_id(key), credential=key_id(key))
    return {"requestBody": request_body(schema, shown), "parameters": parameters}


@router.post(
    "",
    status_code=201,
    summary="Enrol a party with its first device · 主体注册",
    openapi_extra=_described(Enrol, bootstrap_code={"type": "string", "maxLength": 128}),
)
async def enrol(request: Request, found: Found) -> Response:
    """Signed by the key that it brings. `by` is the first 24 characters of the key's id, `credential` the id.

    An organisation whose USCC passes both checks is verified at once; others wait for the centre (R-CODE-01).
    """
    key = key_of(request)
    body = await read_json(request)
    sent = decode(body, Enrolment)
    signed, statement = statements.received(sent.statement, sent.signature)
    command = decode(statements.body_bytes(statement), Enrol, at="$.statement.body")
    try:
        signing_key = unb64(command.signing_key)
    except CryptoError:
        raise Invalid("key-malformed") from None
    party, credential = party_id(signing_key), key_id(signing_key)
    statements.require(statement, act=Enrol.NAME, lot=None, by=party, credential=credential)
    statements.check(signed, command.signing_key)
    call = Call(
        actor=Actor(party=party, name=command.name, credential=credential),
        signed=signed,
        idempotency_key=key,
        request_hash=request_hash(request.method, request.url.path, body),
        request_id=request.scope["state"]["request_id"],
        address=request.client.host if request.client else "",
    )
    return _done(await found.identity.enrol(command, call, sent.bootstrap_code), 201, party)


@router.get(
    "", summary="Parties, for the centre and supervisors · 主体名录", responses=json_answer(PartyPage)
)
async def parties(
    actor: Acting,
    found: Found,
    lists: AtDesks,
    waiting: Annotated[
        bool, Query(description="Only those that ask the centre for something. 仅待办。")
    ] = True,
    text: Annotated[
        str, Query(max_length=100, description="Part of the name or the USCC. 名称或代码。")
    ] = "",
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """Newest registration first. Who waits: for verification, or for a role that the centre grants (R-CODE-01)."""
    if actor.roles.isdisjoint({Role.OPERATOR, Role.SUPERVISOR}):
        raise Forbidden("not-permitted", command="registration/verify", needed=["operator", "supervisor"])
    shown = await lists.lists.parties(
        waiting=waiting, text=text.strip(), limit=limit + 1, written=found.identity.written
    )
    page = PartyPage(parties=tuple(shown[:limit]), more=len(shown) > limit)
    return _done(msgspec.json.encode(page))


@router.get(
    "/cases", summary="What the register was asked for in a year · 办件统计", responses=json_answer(CaseYear)
)
async def cases(
    actor: Acting,
    lists: AtDesks,
    year: Annotated[int, Query(ge=2000, le=2200, description="The year. 年度。")],
) -> Response:
    """For the centre and supervisors: cases by kind, those done, and the median hours of those a person acted in."""
    if actor.roles.isdisjoint({Role.OPERATOR, Role.SUPERVISOR}):
        raise Forbidden("not-permitted", command="registration/verify", needed=["operator", "supervisor"])
    return _done(msgspec.json.encode(case_year(await lists.lists.cases(year), year)))


@router.get("/me", summary="My registration · 本主体")
async def me(asking: Asking) -> Response:
    return _done(msgspec.json.encode(identity.described(asking.party)))


@router.post(
    "/me/relations",
    summary="Declare head, holders and managers · 申报关联关系",
    openapi_extra=_described(DeclareRelations),
)
async def declare_relations(request: Request, asking: Asking, found: Found) -> Response:
    """Replaces the earlier declaration whole. What was compared before stands as it was (R-ENG-31, R-GP-27)."""
    command, call = await take(request, DeclareRelations, None, asking.actor)
    return _done(await found.identity.declare_relations(command, call))


@router.post(
    "/me/licence",
    summary="Change name or legal representative · 证照变更一次办",
    openapi_extra=_described(ChangeLicence),
)
async def change_licence(request: Request, asking: Asking, found: Found) -> Response:
    """One consent, and every open bid and lot is told; the unit stays the same by its code (R-NB-HS-02)."""
    command, call = await take(request, ChangeLicence, None, asking.actor)
    return _done(await found.identity.change_licence(command, call))


@router.post(
    "/me/changes", summary="Report a major change · 重大变化告知", openapi_extra=_described(ReportChange)
)
async def report_change(request: Request, asking: Asking, found: Found) -> Response:
    """Merger, split, bankruptcy, a changed qualification: verified anew, and reviewed by the tenderer (招投条例 38)."""
    command, call = await take(request, ReportChange, None, asking.actor)
    return _done(await found.identity.report_change(command, call))


@router.get(
    "/authorities",
    responses=json_answer(Authorities),
    summary="Licensed authorities recognised here · 互认的电子认证机构",
)
async def authorities(found: Found) -> Response:
    """For everybody: whose certificates may sign here (R-CRED-04, R-PAIN-10), with the roots for `bidding verify`."""
    recognised = tuple(
        RecognisedAuthority(
            name=one.name,
            kinds=tuple(sorted(one.kinds)),
            level=one.level,
            roots=tuple(b64(root) for root in one.roots),
        )
        for one in found.identity.certificates.authorities
    )
    return _done(msgspec.json.encode(Authorities(authorities=recognised)))


@router.get("/operator-group", summary="Units of the operator's own group · 运营机构关联单位")
async def operator_group(found: Found) -> Response:
    """For everybody: who may neither bid nor be an agency here (R-PLAT-07)."""
    return _done(msgspec.json.encode(await found.identity.group()))


@router.post(
    "/operator-group",
    status_code=201,
    summary="Enter a unit of the operator's group · 登记关联单位",
    openapi_extra=_described(ListAffiliate),
)
async def list_affiliate(request: Request, actor: Acting, found: Found) -> Response:
    command, call = await take(request, ListAffiliate, None, actor)
    return Response(await found.identity.affiliate(command, call), 201, media_type="application/json")


@router.post(
    "/operator-group/delist",
    summary="Take a unit out of the operator's group · 移出关联单位",
    openapi_extra=_described(DelistAffiliate),
)
async def delist_affiliate(request: Request, actor: Acting, found: Found) -> Response:
    command, call = await take(request, DelistAffiliate, None, actor)
    return _done(await found.identity.affiliate(command, call))


@router.get("/{party}", summary="A party, for the centre and supervisors · 主体详情")
async def party(party: PartyId, actor: Acting, found: Found) -> Response:
    """Somebody else's registration does not exist for others."""
    inside = party == actor.party or not actor.roles.isdisjoint({Role.OPERATOR, Role.SUPERVISOR})
    known = await found.identity.party(party) if inside else None
    if known is None or known.version == 0:
        raise Unknown("no-such-party")
    return _done(msgspec.json.encode(identity.described(known)))


@router.post(
    "/me/credentials",
    status_code=201,
    summary="Bind a further device or a recovery recipient · 绑定设备",
    openapi_extra=_described(BindCredential),
)
async def bind(request: Request, asking: Asking, found: Found) -> Response:
    """Signed by a device that is bound already; `possession` by the new one (a recovery recipient: empty)."""
    command, call = await take(request, BindCredential, None, asking.actor)
    return _done(await found.identity.bind(command, call), 201)


class AskTrial(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``credential``: one of my devices or recovery recipients."""

    credential: CredentialId


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """``trial``: 32 bytes wrapped for the device's opening key by its suite (``docs/sealed-bids.md``), base64url."""

    credential: str
    suite: str
    trial: str


@router.post(
    "/me/credentials/trial",
    status_code=201,
    summary="Ask for a device's trial · 设备试解密",
    openapi_extra=json_body(AskTrial, {"credential": CREDENTIAL}),
    responses={201: json_answer(Trial)[200]},
)
async def trial(request: Request, asking: Asking, found: Found) -> Response:
    """Encrypted to the device's opening key. Nothing is sealed to it before it has decrypted this (R-CRED-03)."""
    asked = await body_of(request, AskTrial)
    made = await found.identity.trial(asking.party.party, asked.credential)
    return _done(msgspec.json.encode(msgspec.convert(made, Trial)), 201)


@router.post(
    "/me/credentials/prove",
    summary="Pass a device's trial · 设备试解密通过",
    openapi_extra=_described(ProveCredential),
)
async def prove(request: Request, asking: Asking, found: Found) -> Response:
    """With the 32 bytes that the device decrypted. The private key never leaves it."""
    command, call = await take(request, ProveCredential, None, asking.actor)
    assert isinstance(command, ProveCredential)
    return _done(await found.identity.prove(command, call))


@router.post(
    "/me/certificates",
    status_code=201,
    summary="Bind a licensed authority's certificate · 绑定第三方数字证书",
    openapi_extra=_described(BindCertificate),
)
async def bind_certificate(request: Request, asking: Asking, found: Found) -> Response:
    """A key token, phone certificate or electronic licence of an authority that `/parties/authorities` names.

    Its subject carries the unit's credit code; several may be bound (R-CRED-04). Asked for by a device that is bound.
    """
    command, call = await take(request, BindCertificate, None, asking.actor)
    assert isinstance(command, BindCertificate)
    return _done(await found.identity.bind_certificate(command, call), 201)


@router.post(
    "/me/credentials/revoke", summary="Revoke a device · 吊销设备", openapi_extra=_described(RevokeCredential)
)
async def revoke(request: Request, asking: Asking, found: Found) -> Response:
    """Its sessions end, and nothing it signs from now on counts. Acts it signed before stand."""
    command, call = await take(request, RevokeCredential, None, asking.actor)
    answer = await found.identity.revoke(command, call)
    await found.login.forget(command.credential)
    return _done(answer)


@router.post("/{party}/verify", summary="Verify on proof · 核验", openapi_extra=_described(Verify))
async def verify(request: Request, party: PartyId, actor: Acting, found: Found) -> Response:
    """By an operator, who has seen the registering authority's or the person's proof (R-CODE-01)."""
    command, call = await take(request, Verify, None, actor)
    return _done(await found.identity.verify(party, command, call))


@router.post("/{party}/roles", summary="Grant a role · 授予身份", openapi_extra=_described(GrantRole))
async def grant_role(request: Request, party: PartyId, actor: Acting, found: Found) -> Response:
    """Supervisor, expert or operator, by an operator."""
    command, call = await take(request, GrantRole, None, actor)
    return _done(await found.identity.grant_role(party, command, call))


@router.post(
    "/{party}/erasure-orders",
    status_code=201,
    summary="Order the erasure of personal data · 责令删除个人信息",
    openapi_extra=_described(OrderErasure),
)
async def order_erasure(request: Request, party: PartyId, actor: Acting, desks: AtDesks) -> Response:
    """By a supervisor, signed: which parts, on which ground of 个人信息保护法 47. An operator carries it out."""
    command, call = await take(request, OrderErasure, None, actor)
    assert isinstance(command, OrderErasure)
    return _done(await desks.erasures.order(party, command, call), 201)


@router.post(
    "/{party}/erasures",
    summary="Erase personal data on an order · 按令删除个人信息",
    openapi_extra=_described(EraseData),
)
async def erase(request: Request, party: PartyId, actor: Acting, desks: AtDesks) -> Response:
    """By an operator, not without an order. Every proof of the log stays valid; what is gone cannot be had again.

    Refused while a lot goes on that names the party, and of a person's identity until the records that name it need
    not be kept any more (R-ARCH-01). After a failure give it again: what is missing is done then.
    """
    command, call = await take(request, EraseData, None, actor)
    assert isinstance(command, EraseData)
    return _done(await desks.erasures.erase(party, command, call))


@router.post(
    "/{party}/credit",
    summary="Look up at the credit sources · 补查信用",
    openapi_extra=_described(CheckPartyCredit),
)
async def check_credit(request: Request, party: PartyId, actor: Acting, found: Found) -> Response:
    """By the centre or a supervisor, where a source was silent at the registration (R-CRDT-01)."""
    command, call = await take(request, CheckPartyCredit, None, actor)
    assert isinstance(command, CheckPartyCredit)
    return _done(await found.identity.check_credit(party, command, call))


def _done(answer: bytes, status: int = 200, party: str = "") -> Response:
    headers = {"Location": "/parties/me"} if party else {}
    return Response(answer, status, headers, media_type="application/json")
