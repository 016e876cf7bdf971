"""The parties of a play: each with a device of its own, enrolled and logged in over HTTP."""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from bidding.client.session import Session
from bidding.crypto.credentials import DeviceCredential
from bidding.domain.codes import make_uscc

REGION = "420902"


@dataclass(frozen=True)
class Member:
    """``name`` as the audience knows the party."""

    name: str
    role: str
    session: Session

    @property
    def party(self) -> str:
        return self.session.party


@dataclass
class Troupe:
    """Enrols parties at one platform. ``operator``: the centre's, who grants roles and admits."""

    url: str
    stack: AsyncExitStack
    operator: Member
    members: list[Member] = field(default_factory=list)

    async def organisation(self, name: str, role: str, *, prefix: str = "91") -> Member:
        """A tenderer, agency or bidder: verified by its USCC at once."""
        session = await self._session()
        await session.enrol(
            {
                "kind": "organisation",
                "name": name,
                "uscc": make_uscc(prefix, REGION, secrets.randbelow(10**6)),
                "requested_roles": [role],
                "contact": {"person": "经办人", "phone": "0712-0000000"},
                "label": "经办电脑",
            }
        )
        await session.login()
        return self._joined(Member(name, role, session))

    async def person(self, name: str, role: str) -> Member:
        """An expert or a supervisor: verified and given the role by the operator."""
        session = await self._session()
        await session.enrol({"kind": "person", "name": name, "requested_roles": [role], "label": "手机"})
        await self.operator.session.post(f"/parties/{session.party}/verify", {"proof": "核验身份证件原件"})
        await self.operator.session.post(f"/parties/{session.party}/roles", {"role": role})
        await session.login()
        return self._joined(Member(name, role, session))

    async def experts(self, names: Sequence[str], trade: str) -> list[Member]:
        """Experts, listed in the pool."""
        found = list(await asyncio.gather(*(self.person(name, "expert") for name in names)))
        for number, expert in enumerate(found):
            await self.operator.session.post(
                "/experts",
                {"party": expert.party, "trade": trade, "units": [f"湖北第{number + 1}勘察设计院"]},
            )
        return found

    async def _session(self) -> Session:
        return await self.stack.enter_async_context(Session(self.url, DeviceCredential.generate()))

    def _joined(self, member: Member) -> Member:
        self.members.append(member)
        return member


async def first_operator(url: str, credential: DeviceCredential, stack: AsyncExitStack, code: str) -> Member:
    """The centre's operator: enrolled by the one-time code, or known already by its device."""
    session = await stack.enter_async_context(Session(url, credential))
    if code:
        await session.enrol(
            {
                "kind": "person",
                "name": "孝南区公共资源交易中心",
                "requested_roles": ["operator"],
                "label": "中心工作站",
            },
            bootstrap=code,
        )
    await session.login()
    return Member("交易中心", "operator", session)
