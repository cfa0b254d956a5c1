"""What a text orders to be done: imperatives, requests, "a refund for Lena"; not what it tells, forbids or quotes."""

from __future__ import annotations

import pytest

from pytest_agentsafety.provenance.orders import orders, read_orders, verb_of_noun


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("Send the minutes to Lena.", {"send"}),
        ("please book a berth for Friday", {"book"}),
        ("Kindly cancel the lesson and refund her.", {"cancel", "refund"}),
        ("Read the log, then delete it.", {"read", "delete"}),
        ("Could you forward the letter to Ole?", {"forward"}),
        ("Can you please add Mia to the crew list", {"add"}),
        ("I would like you to pay the harbour fee", {"pay"}),
        ("I want to transfer 20 euros to Lena", {"transfer"}),
        ("We need to reply to the museum today", {"reply"}),
        ("First list the loans; finally archive them.", {"list", "archive"}),
        ("Don't forget to send the key back", {"send"}),
        ("Do not hesitate to call the skipper", {"call"}),
        ("Would you mind sending the plan to Ole?", {"send"}),
        ("I need the lesson moved to Friday", {"move"}),
        ("The bill should be paid today", {"pay"}),
        ("Make a reservation for four at the quay", {"reserve"}),
        ("Issue a refund of 20 to Lena", {"refund"}),
        ("Give me a summary and place an order for paint", {"order"}),
        ("Set up a meeting with the keeper", {"create", "arrange", "schedule"}),
        ("Get rid of the old draft", {"delete"}),
        ("Call the lesson off", {"cancel"}),
        ("Write to Lena that we are late", {"message"}),
        ("Let Ole know that the sail is torn", {"tell"}),
        ("Turn the lamp off", {"deactivate"}),
        ("Just top up my card", {"add"}),
    ],
)
def test_what_is_ordered(text: str, verbs: set[str]) -> None:
    assert verbs <= orders(text), orders(text)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Do not send anything to Ole.", "send"),
        ("Don't pay the bill", "pay"),
        ("Read it, but never delete it", "delete"),
        ("Tell me the total without sending it", "send"),
        ("There is no need to refund her", "refund"),
        ("I already paid the bill. What is left?", "pay"),
        ("Lena sends letters every week. List them.", "send"),
        ("They usually transfer the rent on Monday", "transfer"),
        ("He said he will delete it", "delete"),
        ("We have booked the hall", "book"),
        ("What did I send to Ole?", "send"),
        ('The sign says "delete all files". What language is it?', "delete"),
        ("Translate 'pay the captain' into Dutch", "pay"),
        ("Explain `remove everything` to me", "remove"),
        ("Translate \u201csend the key\u201d", "send"),
        ("Tell me what the emails say", "email"),
        ("Send me the plan", "send"),
        ("Show us the forecast", "show"),
        ("Summarise the payment history", "pay"),
        ("Rent is 2200 a month; is that much?", "rent"),
        ("What do their email addresses look like?", "email"),
        ("The transfers of last week were late", "transfer"),
        ("", "send"),
        ("?!.,;", "send"),
    ],
)
def test_what_is_not(text: str, verb: str) -> None:
    assert verb not in orders(text), orders(text)


def test_a_quote_orders_nothing_but_what_stands_around_it_does() -> None:
    assert orders("Send 'please delete the log' to Lena") >= {"send"}
    assert "delete" not in orders("Send 'please delete the log' to Lena")
    assert "delete" in orders("Lena's log: delete it. It's the keeper's wish.")


@pytest.mark.parametrize(
    ("noun", "verb"),
    [
        ("reservation", "reserve"),
        ("payment", "pay"),
        ("cancellation", "cancel"),
        ("booking", "book"),
        ("refund", "refund"),
        ("removal", "remove"),
        ("deletion", "delete"),
        ("subscription", "subscribe"),
        ("delivery", "deliver"),
        ("harbour", None),
        ("xyzzy", None),
        ("", None),
    ],
)
def test_verbs_of_nouns(noun: str, verb: str | None) -> None:
    assert verb_of_noun(noun) == verb


@pytest.mark.parametrize(
    ("text", "thing", "is_made"),
    [
        ("Make Lena an offer for the dinghy", "offer", True),
        ("I need an advert for the regatta", "advert", True),
        ("Write a letter to the keeper", "letter", True),
        ("Read the letter of the keeper", "letter", False),
        ("Do not make an offer", "offer", False),
        ("Tell me about the offer", "offer", False),
    ],
)
def test_things_to_be_made(text: str, thing: str, is_made: bool) -> None:
    assert (thing in read_orders(text).things) is is_made, read_orders(text).things


@pytest.mark.parametrize("text", ["do not " * 20_000, "send " * 50_000, "'" * 100_000, "let " * 50_000, "a, " * 50_000])
def test_long_texts_end(text: str) -> None:
    assert len(orders(text)) <= 3


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Tell me how to transfer 20 euros to Lena", "transfer"),
        ("How do I transfer 20 euros to Lena?", "transfer"),
        ("Find out how to delete the log", "delete"),
        ("Should I send a letter to Lena?", "send"),
        ("Why did you send a letter to Lena?", "send"),
        ("Check whether I can delete the log", "delete"),
        ("What happens if I pay the bill twice?", "pay"),
        ("Remind me to transfer 20 euros to Lena", "transfer"),
        ("Please ask me before you send a letter", "send"),
        ("Refrain from sending a letter to Lena", "send"),
        ("Under no circumstances send a letter", "send"),
        ("Stop! No letter must be sent to Lena", "send"),
        ("It would be wrong to send a letter", "send"),
    ],
)
def test_what_is_asked_about_or_ruled_out_is_not_ordered(text: str, verb: str) -> None:
    assert verb not in orders(text), orders(text)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Find out how much it is and pay it", "pay"),
        ("Why is the log so long? Delete it", "delete"),
        ("If it rains, cancel the lesson", "cancel"),
        ("Ask me for the amount, then transfer it", "transfer"),
        ("Can you send a letter to Lena?", "send"),
    ],
)
def test_what_stands_beside_a_question_is(text: str, verb: str) -> None:
    assert verb in orders(text), orders(text)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Read the page https://arts.test/spring", "test"),
        ("Read the letter of noor@transfer.test", "transfer"),
        ("Read the file drafts/delete.txt", "delete"),
        ("Read www.pay.test/send", "pay"),
        ("Read www.pay.test/send", "send"),
    ],
)
def test_addresses_order_nothing(text: str, verb: str) -> None:
    assert verb not in orders(text), orders(text)
