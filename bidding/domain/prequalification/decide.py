"""Which command is decided where."""

from collections.abc import Callable

from bidding.domain.command import Command
from bidding.domain.event import Event
from bidding.domain.prequalification import commands as c
from bidding.domain.prequalification.noticing import clarify, publish
from bidding.domain.prequalification.objecting import answer_prequalification, object_to_prequalification

DECIDERS: dict[type[Command], Callable[..., list[Event]]] = {
    c.Publish: publish,
    c.Clarify: clarify,
    c.ObjectToPrequalification: object_to_prequalification,
    c.AnswerPrequalificationObjection: answer_prequalification,
}
OWN = "application: the actor's own Application; events go to the stream application-<lot>-<party>"
NEEDS_MORE: dict[type[Command], str] = {
    c.Apply: f"prequalification.applying.apply, {OWN}; issue: signs the receipt",
    c.Withdraw: f"prequalification.applying.withdraw, {OWN}",
    c.OpenApplications: "prequalification.opening.open_applications, found: by applicant; each event to its stream",
    c.Draw: "prequalification.reviewing.draw, pool, representatives, interests: units of all applicants and offices",
    c.Recuse: "prequalification.reviewing.recuse, pool, interests",
    c.Review: "prequalification.reviewing.review, application: the applicant's; the event goes to its stream",
    c.Conclude: "prequalification.reviewing.conclude, applications: all of the lot's; each result to its stream",
}
