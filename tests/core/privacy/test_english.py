"""Private values of English turns, by policy."""

import pytest

from helpers.privacy import ENGLISH, EVERY, bracketed, named, spoken
from local_stt.core.privacy import Policy, Span, find

CASES = {
    "phone_number": [
        ("", "my number is [six one nine five five five eight eight one oh] no sorry"),
        ("", "my cell is [three one oh five five five oh one seven seven]"),
        ("", "call me back at [two one two five five five nineteen forty]"),
        ("", "[plus four nine three oh one two three four five six seven] is the office"),
        ("what's a good number for you", "sure [five five five eight one two two]"),
        ("", "the number is [six one nine] uh [five five five] and [zero one double four]"),
        ("", "my desk phone is [eight one eight five five five two two one one extension four five]"),
    ],
    "credit_card_number": [
        ("", "my card is [five five oh one two three four five six seven eight nine oh one two oh] yes"),
        ("", "it's [four one one one one one one one one one one one one one one one oh] okay"),
        ("", "it's [four one one one one one one one one one one one one one one one]"),
        ("", "my visa is [forty five thirty two eleven twelve thirteen fourteen fifteen sixteen]"),
        ("card number please", "okay [five five four oh] got it [one two three four]"),
        ("", "my card is [four one for two two two to two two two two two two two two two]"),
        ("", "take [three oh five six nine three oh nine oh two five nine oh four]"),
        ("", "the card ending in [nine nine one two] was stolen"),
    ],
    "credit_card_cvv": [
        ("", "the security code is [nine four oh] wait"),
        ("", "the security code on my card is [seven four one]"),
        ("what are the three digits on the back", "[oh nine two]"),
    ],
    "credit_card_expiration": [
        ("expiry date", "[october]"),
        ("", "it's good through [march]"),
        ("when does it expire", "it expires in [may]"),
        ("", "it expires in [october twenty twenty nine]"),
        ("", "it's good through [august of thirty one]"),
        ("when does it expire", "[oh eight slash thirty one]"),
    ],
    "us_social_security_number": [
        ("", "my social is [one two three four five six seven eight nine]"),
        ("the last four of your social", "it's [double eight one two]"),
        ("", "s s n [three three three two two four four four four]"),
    ],
    "date_of_birth": [
        ("", "i was born on the [seventeenth]"),
        ("when were you born", "in [may] i think"),
        ("", "i was born [june twelfth nineteen seventy]"),
        ("date of birth", "that's [the third of may nineteen ninety two]"),
        ("", "my date of birth is [oh four twelve nineteen sixty six]"),
    ],
    "date": [
        ("", "we will be there on the [twenty second]"),
        ("", "we met on [august fourth]"),
        ("", "that was in [nineteen ninety five]"),
    ],
    "account_number": [
        ("", "my account number is [eight eight oh] i think"),
        ("", "the account number is [nine nine a]"),
        ("", "my account number is [c four four a] and that is all"),
        ("", "the account number is [eight one one four two] and we meet at nine fifteen p m"),
        ("", "my account number is [seven seven two oh one]"),
        ("", "the member i d is [q x four four one nine]"),
        ("can you give me your customer number", "let me see [eight eight two one]"),
    ],
    "banking_information": [
        ("", "routing number [oh one one four oh one five three three]"),
        (
            "",
            "it's [d e four four five oh oh one oh five one seven five four oh seven three two four]",
        ),
    ],
    "drivers_license": [("", "my driver's license is [b nine nine two one four]")],
    "passport_number": [("what is your passport number", "it's [c four four one two seven seven]")],
    "vehicle_id": [
        ("", "the plate is [four k l m nine a]"),
        ("", "the plate is [double u four four one]"),
        ("", "the license plate is [k l m three two one]"),
        ("", "the vin is [one h g c m eight two six three three a oh oh four three five two]"),
    ],
    "healthcare_number": [("", "my insurance id is [x four one one two nine]")],
    "password": [
        ("", "my password is [salt and pepper]"),
        ("", "my password is [lemon] and i forgot the rest"),
        ("", "my password is [purple tiger nine nine]"),
        ("what's your pin", "[four four two two]"),
        ("and your mother's maiden name", "it's [fitzgerald]"),
    ],
    "username": [
        ("", "my user name is [night owl seven]"),
        ("what's your username", "[m clark]"),
        ("", "my username is [black and gold]"),
    ],
    "email_address": [
        ("", "write to [jack the baker at gmail dot com]"),
        ("what's your email", "[ann lee at proton mail]"),
        ("", "write to [anna dot berg at posteo dot de]"),
        ("what's your email", "[k lee four at gmail dot com]"),
        ("", "my email is [tom underscore wood]"),
        ("", "send it to [ewa nowak at gmail] please"),
    ],
    "url": [
        ("", "look at [w w w dot shop dot example dot com slash]"),
        ("", "it is on [example dot org slash help]"),
    ],
    "ip_address": [
        ("", "the router has [one nine two dot one six eight dot one dot one]"),
        ("", "ping [eight six dot one two one dot nine seven dot two four eight] please"),
        ("", "the address ends in [ten dot twenty dot thirty] i think"),
    ],
    "person_age": [
        ("", "my wife is [sixty one] and retired"),
        ("", "my son is [six] years old"),
        ("", "i'm [forty one] and i smoke"),
        ("how old is he", "[seventy two]"),
        ("", "she turned [thirty] yesterday"),
    ],
    "money_amount": [
        ("how much do you owe", "[three thousand]"),
        ("how much is it", "about [a hundred]"),
        ("what's the amount", "[sixty] i guess"),
        ("", "my salary is [seventy two k]"),
        ("", "i make [fifty thousand] a year"),
        ("", "my rent is [nine hundred and fifty] a month"),
        ("", "i owe them [forty]"),
        ("", "it's worth [two point five million]"),
        ("", "i paid [four hundred and twenty dollars]"),
        ("", "it costs [nineteen ninety nine]"),
    ],
    "blood_type": [
        ("", "the donor was [o negative]"),
        ("", "my blood type is [a b negative]"),
        ("what's your blood type", "[o positive]"),
    ],
    "number_sequence": [
        ("what are the last four", "[nineteen seventy two]"),
        ("", "the confirmation number is [four four one two nine]"),
        ("", "it says [seven two two nine one] here"),
        ("", "the reference is [double five hundred nine]"),
        ("", "my order is [a b c one two three four]"),
    ],
    "person_name": [
        ("", "my surname is [garcia]"),
        ("", "this is [aoife o'connor] speaking"),
        ("", "[siobhan o'reilly] called about it"),
        ("", "this is [tamsin okoro] speaking"),
        ("", "my name is [ewa nowak]"),
        ("", "this is [mark johnson]"),
        ("", "mister [okafor] called"),
        ("", "it is [maria's] turn"),
        ("", "hi this is [rajesh] from accounting"),
        ("", "this is [laura van houten] from sales"),
        ("", "may i speak to [mister kumar]".replace("[mister kumar]", "mister [kumar]")),
        ("", "i am [omar haddad] and i have a question"),
        ("", "the booking is under [okonkwo]"),
        ("who am i speaking with", "it's [tamsin]"),
        ("can you spell that", "[b r y c e]"),
        ("", "my wife [linda] called"),
        ("", "is this [john q miller]"),
    ],
    "location": [
        ("and the house number", "[fourteen]"),
        ("", "we live at [eight hundred main street fairview ohio]"),
        ("", "send it to [five elm street cedar hill six two five six five]"),
        ("", "i live at [four twelve pine street apartment nine denver colorado eight oh two oh three]"),
        ("", "we are at [nine hundred elm street in denver]"),
        ("", "send it to [p o box eleven]"),
        ("what's your zip", "[one one two oh one]"),
        ("", "we moved to [springfield] last year"),
        ("", "i'm in [los angeles]"),
        ("what is the address", "[sixty six harbor heights]"),
    ],
    "religion": [("", "my family is [hindu]")],
    "language": [("", "we speak [portuguese] at home")],
    "nationality": [("", "she is [brazilian]")],
    "political_affiliation": [("", "he is a [democrat]")],
    "gender_sexuality": [("", "i am [transgender]")],
}


@pytest.mark.parametrize(
    ("policy", "question", "text"),
    [(policy, *case) for policy, cases in CASES.items() for case in cases],
)
def test_private_words_are_found_and_named(policy, question, text):
    plain = text.replace("[", "").replace("]", "")
    assert bracketed(plain, question) == text
    assert {found for found, _ in named(plain, question)} == {policy}


def test_every_policy_has_a_case():
    assert set(CASES) == set(Policy)


@pytest.mark.parametrize(
    "text",
    [
        "press one for sales or two for english",
        "i waited forty five minutes for you",
        "there are three or four people in the room",
        "two of them came at nine thirty a m",
        "the code is one of the best",
        "i forgot my password and my pin",
        "my password does not work",
        "my email is wrong",
        "what's your account number",
        "it was the second time",
        "will you mark that down",
        "may i ask a question",
        "my card was declined twice",
        "a positive answer would be nice",
        "let's meet at the front desk",
        "i'm about ten minutes away",
        "i'd like to talk to a human",
        "i am speaking to customers",
        "we need a hundred of those",
        "oh i see oh no",
        "the flight is u a eight two two from gate b twelve",
        "i want a french restaurant",
        "flying on american airlines",
        "the nineties were great",
        "it is under warranty",
        "this is different from before and i'm moving from here",
        "oh i see i have two oh wait three",
        "the meeting is at ten o'clock or at nine in the morning",
        "i make two calls a day and the total is three of them",
        "i make two hundred calls a month",
        "in the last four weeks i made two hundred and fifty calls",
        "it expires may i renew it",
        "i was born in the first place",
        "it's on the second floor",
        "my wife is two hours late",
    ],
)
def test_other_words_are_left(text):
    assert bracketed(text) == text


def test_words_before_a_number_count_more_than_the_question():
    found = named("it's four one two and my zip is nine four one one oh", "what's the security code")
    assert found == [("credit_card_cvv", "four one two"), ("location", "nine four one one oh")]


@pytest.mark.parametrize(
    ("question", "answer", "policy"),
    [
        ("can i have your name", "tamsin", "person_name"),
        ("what's your zip", "nine four one oh three", "location"),
        ("and your password", "purple tiger", "password"),
    ],
)
def test_an_answer_follows_a_long_pause(question, answer, policy):
    earlier = spoken("hello i am calling as my card was lost")
    words = (*earlier, *spoken(answer, earlier[-1].end + 3))
    assert find(words, EVERY, ENGLISH, question.split()) == (Span(Policy(policy), len(earlier), len(words)),)


def test_a_number_is_covered_also_where_its_own_policy_is_not_chosen():
    text = "my account number is four four one two nine"
    assert named(text, policies={Policy.NUMBER_SEQUENCE}) == [("number_sequence", "four four one two nine")]
    assert named(text, policies={Policy.PHONE_NUMBER}) == []
    assert named(text, policies=frozenset()) == []


def test_nine_digits_may_be_a_social_security_number():
    text = "it's one two three four five six seven eight nine"
    assert named(text, policies={Policy.US_SOCIAL_SECURITY_NUMBER})[0][0] == "us_social_security_number"


def test_words_may_have_capitals():
    assert bracketed("My Name Is Ewa Nowak") == "My Name Is [Ewa Nowak]"


def test_letters_of_a_name_are_no_cue():
    assert named("v i n c e n t", "can you spell that") == [("person_name", "v i n c e n t")]


def test_a_letter_may_be_explained():
    for explained in ("b as in boy", "b for boy"):
        text = f"reference {explained} four one two nine"
        assert bracketed(text) == f"reference [{explained} four one two nine]"


def test_a_zero_in_doubt_hides_no_form():
    phone = "four one five five five five one two one two oh no wait"
    card = "four one one one one one one one one one one one one one one one oh okay"
    interrupted = "four one five oh wait five five five one two one two"
    assert bracketed(phone, policies={Policy.PHONE_NUMBER}) == f"[{phone.removesuffix(' no wait')}] no wait"
    assert bracketed(card, policies={Policy.CREDIT_CARD_NUMBER}) == f"[{card.removesuffix(' okay')}] okay"
    groups = "[four one five oh] wait [five five five one two one two]"
    assert bracketed(interrupted, policies={Policy.PHONE_NUMBER}) == groups


def test_a_time_is_no_cut_number():
    for time in ("ten thirty a m", "nine oh five p m", "ten o'clock", "ten thirty in the morning"):
        text = f"my account number is four four one two nine your appointment is at {time}"
        assert named(text) == [("account_number", "four four one two nine")]
        assert named(f"i called at {time}", "what's your account number") == []


def test_an_amount_is_asked_for():
    assert named("twenty minutes", "how much longer will it take") == []
    assert named("forty", "how much longer will it take") == []
    long = "nine nine one two three four five six"
    assert named(long, "how much do you owe") == [("number_sequence", long)]


def test_letters_after_a_name_spell_it():
    spelled = [("person_name", "garcia"), ("person_name", "g a r c i a")]
    assert named("my surname is garcia that's g a r c i a") == spelled
    assert named("john is at i b m") == [("person_name", "john")]
