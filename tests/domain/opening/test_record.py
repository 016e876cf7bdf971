"""The opening record: its content, its canonical form, its two signatures (R-OPEN-04, R-OPEN-30; F-23)."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785

from bidding.domain.disclosure import SPECTATOR, view
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder
from bidding.domain.opening import commands as c
from bidding.domain.opening.events import OpeningEnded, RecordSigned
from bidding.domain.opening.record import record_hash, record_text
from bidding.domain.parties import Actor, Role
from tests.domain.opening.hall import HOST, MINUTE, OFFICER, Hall, bidder, key


def eventful() -> Hall:
    """Five on the roll: two opened and confirming, one silent, one revoked, one at fault; much happened."""
    hall = Hall()
    hall.order("a", "b", "c", "d", "e")
    number = hall.incident()
    hall.now += 3 * MINUTE
    hall.recover(number)
    hall.give(c.ExtendWindow(minutes=4, reason="网络拥堵"), HOST)
    hall.release("a", "b", "c", "d")
    hall.withdraw("d")
    hall.end_window()
    hall.fault("e", "BIDDER")
    hall.form_keys()
    hall.bring_in()
    hall.give(c.Announce(), HOST)
    hall.confirm("a")
    hall.object("b", "mismatch")
    hall.now += MINUTE
    hall.give(c.AnswerObjection(number=1, answer="已核对,表中无误"), HOST)
    hall.confirm("b")
    hall.close_confirmation()
    return hall


def record(hall: Hall) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(record_text(hall.lot))
    return plain


def bid(hall: Hall, name: str) -> dict[str, Any]:
    (found,) = [one for one in record(hall)["bids"] if one["bidder"]["bidder"] == name]
    plain: dict[str, Any] = found
    return plain


def test_the_record_says_for_every_bidder_what_was_bid_and_how_it_ended() -> None:  # R-OPEN-04, R-OPEN-28
    hall = eventful()
    opened = bid(hall, "a")
    assert opened["form"]["price_fen"] > 0
    assert (opened["form"]["duration_days"], opened["form"]["quality"]) == (150, "合格")
    assert opened["form"]["project_lead"] == "a经理"
    assert opened["bidder"]["deposit_state"] == "WAIVED"
    assert (opened["outcome"], opened["confirmation"]) == ("OPENED", "confirmed")
    assert opened["plaintext_sha256"] == "dd" * 32
    assert bid(hall, "b")["confirmation"] == "confirmed"
    assert bid(hall, "c")["confirmation"] == "accepted-by-silence"


def test_the_record_keeps_revoked_and_deemed_revoked_apart_with_consequences() -> (
    None
):  # R-BID-10, R-WAIVE-09
    hall = eventful()
    revoked, at_fault = bid(hall, "d"), bid(hall, "e")
    assert (revoked["outcome"], revoked["term"], revoked["consequence"]) == (
        "REVOKED",
        "撤销",
        "CREDIT_RECORD_ONLY",
    )
    assert revoked["form"] is None
    assert revoked["revoked_at"]
    assert (at_fault["term"], at_fault["fault"]["evidence_hash"]) == ("视为撤销", "ab" * 32)
    assert at_fault["released_at"] is None


def test_the_record_holds_windows_incidents_and_objections_with_answers() -> None:  # F-22, F-51
    said = record(eventful())
    reasons = [one["reason"] for one in said["release_window"]["extensions"]]
    assert reasons == ["incident", "host"]
    assert said["incidents"][0]["cause"] == "市电恢复"
    assert said["objections"][0]["answer"] == "已核对,表中无误"
    assert said["lot"]["notice_hash"] == "cd" * 32
    assert said["announced"]["max_price_fen"] == 98_000_000


def test_the_record_is_canonical_and_anyone_who_saw_the_opening_computes_it() -> None:  # R-OPEN-04, F-23
    hall = eventful()
    text = record_text(hall.lot)
    assert text.encode() == rfc8785.dumps(json.loads(text))
    spectator = view("lot-1", hall.events, SPECTATOR)
    assert record_text(spectator) == text
    assert hashlib.sha256(text.encode()).hexdigest() == record_hash(hall.lot)


def test_the_record_holds_no_secret() -> None:  # F-23
    hall = eventful()
    hall.give(c.RequestHelp(text="help-text"), bidder("a"))
    assert "help-text" not in record_text(hall.lot)


def test_the_second_signature_ends_the_opening_in_the_same_commit() -> None:  # R-OPEN-30
    hall = eventful()
    assert [type(event) for event in hall.sign(HOST)] == [RecordSigned]
    assert hall.lot.phase == "opening"
    with pytest.raises(Conflicting, match="record-already-signed"):
        hall.sign(HOST)
    signed, ended = hall.sign(OFFICER)
    assert isinstance(signed, RecordSigned)
    assert isinstance(ended, OpeningEnded)
    assert hashlib.sha256(ended.record.encode()).hexdigest() == ended.record_hash == signed.record_hash
    assert hall.lot.phase == "opened"


def test_only_the_record_as_it_stands_can_be_signed() -> None:  # R-OPEN-30
    hall = eventful()
    with pytest.raises(Invalid, match="record-differs"):
        hall.give(c.SignRecord(record_hash="00" * 32), HOST)


def test_no_signature_before_confirmation_is_closed_and_objections_are_answered() -> None:  # F-22
    hall = Hall()
    hall.announce("a", "b", "c")
    with pytest.raises(OutOfOrder, match="confirmation-open"):
        hall.sign(HOST)
    hall.object("a", "mismatch")
    with pytest.raises(OutOfOrder, match="objections-unanswered"):
        hall.sign(HOST)


def test_a_host_with_a_supervisors_role_cannot_sign_for_both() -> None:  # R-PLAT-01
    hall = eventful()
    both = Actor(party="agency", roles=frozenset({Role.AGENCY, Role.SUPERVISOR}))
    hall.sign(both)
    with pytest.raises((Conflicting, Forbidden)):
        hall.sign(both)


def test_once_signing_began_the_record_stands_still() -> None:  # R-OPEN-30
    hall = eventful()
    hall.sign(HOST)
    with pytest.raises(OutOfOrder, match="record-being-signed"):
        hall.incident()


def test_evaluation_keys_follow_the_opening_once_and_from_each_office() -> None:
    hall = eventful()
    disclose = c.DiscloseEvaluationKey(sealed_key=key("sealed"))
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        hall.give(disclose, HOST)
    hall.sign(HOST)
    hall.sign(OFFICER)
    with pytest.raises(Invalid, match="evaluation-key-refused"):
        hall.give(disclose, HOST, finding="not-the-announced-key")
    hall.give(disclose, HOST)
    hall.give(disclose, OFFICER)
    assert {one.office for one in hall.lot.opening.evaluation_keys} == {"agency", "supervisor"}
    with pytest.raises(Conflicting, match="evaluation-key-already-disclosed"):
        hall.give(disclose, HOST)
