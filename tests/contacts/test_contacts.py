"""Files of contacts as programs export them, and the numbers in them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_stt.contacts import MAX_BYTES, as_called, read_contacts, region_of, vcard
from local_stt.core.contacts import MAX_NAME, clean_name
from local_stt.errors import ContactsError

ANN, BOB = "+12025550123", "+493012345678"

GOOGLE = """\
First Name,Middle Name,Last Name,Phonetic First Name,Nickname,File As,Organization Name,Notes,Labels,\
E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value
Ann,B.,Smith,,,,Acme,,* myContacts,* Home,ann@example.com,\
Mobile,(202) 555-0123,Work,+49 30 12345678 ::: 202-555-0124
,,,,,,"Garage, Miller",,,,,Work,+44 (0)20 7946 0958,,
Cy,,Young,,,,,,,,,,,,
"""

OLD_GOOGLE = """\
Name,Given Name,Additional Name,Family Name,Organization 1 - Name,Phone 1 - Type,Phone 1 - Value
Ann Smith,Ann,,Smith,Acme,Mobile,202-555-0123
"""

OUTLOOK = """\
"First Name","Middle Name","Last Name","Company","Assistant's Phone",\
"Business Phone","Home Phone","Mobile Phone","Government ID Number"
"Zoë","","Schmidt","Firma","+1 202 555 0199","030 12345678","","0171 2345678","12345678"
"""

IPHONE = """\
BEGIN:VCARD\r
VERSION:3.0\r
PRODID:-//Apple Inc.//iPhone OS 17.0//EN\r
N:Smith;Ann;;;\r
FN:Ann Smith\r
item1.TEL;type=pref:+1 (202) 555-0123\r
item1.X-ABLabel:_$!<Main>!$_\r
TEL;type=CELL;type=VOICE:\u202a+49 30\u00a012345678\u202c\r
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD\r
 TEL:+12025550199=\r
END:VCARD\r
"""

NEXTCLOUD = """\
BEGIN:VCARD
VERSION:4.0
FN:Garage Mil
 ler\\, Berlin\\; Mitte
TEL;VALUE=uri;TYPE="voice,home":tel:+1-202-555-0123;ext=102
TEL;TYPE=cell:030 12345678
END:VCARD
BEGIN:VCARD
VERSION:4.0
N:van Dyke;Dick;;Mr.;
TEL:sip:dick@example.com
END:VCARD
BEGIN:VCARD
VERSION:4.0
ORG:Acme;Sales
TEL:+44 20 7946 0958
END:VCARD
"""

OLD_PHONE = """\
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BC=
ller;J=C3=BCrgen;;;
AGENT:
BEGIN:VCARD
FN:Somebody else
TEL:+12025550199
END:VCARD
TEL;CELL:+49-30-12345678
END:VCARD
BEGIN:VCARD
N;QUOTED-PRINTABLE;CHARSET=no-such:=41nn
TEL;HOME:+12025550123
"""


def found(text, region="", encoding="utf-8"):
    contacts = read_contacts(text.encode(encoding), region)
    return {each.number: each.name for each in contacts.contacts}, contacts.skipped


def test_googles_tables_are_read():
    assert found(GOOGLE, "US") == (
        {
            ANN: "Ann B. Smith",
            BOB: "Ann B. Smith",
            "+12025550124": "Ann B. Smith",
            "+442079460958": "Garage, Miller",
        },
        ["line 4: no number"],
    )
    assert found(OLD_GOOGLE, "US") == ({ANN: "Ann Smith"}, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_outlooks_tables_are_read_in_its_encodings_and_without_the_numbers_of_others(encoding, delimiter):
    names, skipped = found(OUTLOOK.replace(",", delimiter), "DE", encoding)
    assert (names, skipped) == ({BOB: "Zoë Schmidt", "+491712345678": "Zoë Schmidt"}, [])


def test_a_table_without_a_heading_is_read_and_says_what_it_cannot_use():
    text = '+12025550123,Ann\r\n\r\n"Bob\nSmith",+49 30 12345678\r\nCy,030 123\r\nDan,\r\n+12025550124\r\n'
    assert found(text) == (
        {ANN: "Ann", BOB: "Bob Smith"},
        [
            "line 5: 030 123 has no country code, and no region is given",
            "line 6: no number",
            "line 7: no name",
        ],
    )
    assert found("number;name\n+12025550123;Ann\n")[0] == {ANN: "Ann"}


def test_the_first_of_two_names_of_a_number_counts():
    assert found(f"{ANN},Ann\n{ANN},Ann\n{ANN},Anna\n") == (
        {ANN: "Ann"},
        ["line 3: +12025550123 has another name before"],
    )


def test_iphones_cards_are_read():
    assert found(IPHONE) == ({ANN: "Ann Smith", BOB: "Ann Smith"}, [])


def test_nextclouds_cards_are_read():
    assert found(NEXTCLOUD, "DE") == (
        {
            ANN: "Garage Miller, Berlin; Mitte",
            BOB: "Garage Miller, Berlin; Mitte",
            "sip:dick@example.com": "Dick van Dyke",
            "+442079460958": "Acme",
        },
        [],
    )
    assert found(NEXTCLOUD)[1] == ["line 1: 030 12345678 has no country code, and no region is given"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_cards_of_old_telephones_are_read_and_one_without_an_end(newline):
    assert found(OLD_PHONE.replace("\n", newline)) == ({BOB: "Jürgen Müller", ANN: "Ann"}, [])


def test_a_name_from_outside_is_one_line_that_controls_nothing():
    card = "FN:A\\nnn \x1b[31m\u202eSmith\u2028\U0001f468\u200d\U0001f469 \nTEL:+12025550123"
    text = f"BEGIN:VCARD\n{card}\nEND:VCARD"
    assert found(text)[0] == {ANN: "A nn [31mSmith \U0001f468\u200d\U0001f469"}
    assert len(found(f"{ANN},{'x' * 500}")[0][ANN]) == MAX_NAME


@given(st.text())
def test_no_name_has_control_characters(text):
    name = clean_name(text)
    assert name == " ".join(name.split())
    assert {unicodedata.category(letter) for letter in name if letter not in "\u200c\u200d"} & {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    } == set()


@pytest.mark.parametrize(
    ("written", "region", "called"),
    [
        ("+1 (202) 555-0123", "", ANN),
        ("202.555.0123", "US", ANN),
        ("1-202-555-0123 ext. 12", "US", ANN),
        ("011 49 30 12345678", "US", BOB),
        ("0049 30/12345678", "DE", BOB),
        ("+49 (0)30 12345678", "", BOB),
        ("tel:+1-202-555-0123", "", ANN),
        ("٠٣٠ ١٢٣٤٥٦٧٨", "DE", BOB),
        ("+15550001", "", "+15550001"),
        ("sip:alice@example.com", "", "sip:alice@example.com"),
        (" client:Zoë B ", "US", "client:Zoë B"),
    ],
)
def test_numbers_are_written_as_calls_have_them(written, region, called):
    assert as_called(written, region) == called
    assert as_called(called, region) == called


@pytest.mark.parametrize(
    ("written", "region", "why"),
    [
        ("030 12345678", "", "030 12345678 has no country code, and no region is given"),
        ("call me", "US", "call me is no telephone number"),
        ("12", "US", "12 is no telephone number"),
        ("", "", " is no telephone number"),
        ("+" + "1" * 300, "", "+" + "1" * 39 + " is no telephone number"),
    ],
)
def test_what_is_no_number_is_named(written, region, why):
    with pytest.raises(ValueError) as caught:
        as_called(written, region)
    assert str(caught.value) == why


def test_the_region_is_that_of_ones_own_number():
    assert region_of(["", "sip:a@b.example", "+4930123456", ANN]) == "DE"
    assert region_of([]) == ""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04\x00\x00", "neither CSV nor vCard"),
        (b"name,birthday\nAnn,1999\n", "no column of numbers"),
        (b" " * (MAX_BYTES + 1), "larger than 5 MB"),
        (b'"' + b"a" * 200_000, "Line 1 is no row of a table"),
    ],
)
def test_what_is_no_file_of_contacts_is_refused_in_a_sentence(content, why):
    with pytest.raises(ContactsError, match=why):
        read_contacts(content)


def test_too_many_contacts_are_refused():
    many = "".join(f"+1202555{number:04},x\n" for number in range(10_000))
    assert len(found(many + many)[0]) == 10_000
    with pytest.raises(ContactsError, match="more than 20,000 contacts"):
        found(many + many + "1,x\n")
    with pytest.raises(ContactsError, match="more than 20,000 contacts"):
        found("BEGIN:VCARD\nFN:x\n" + "TEL:1\n" * 20_001)


def test_an_empty_file_has_no_contacts():
    assert found("") == ({}, [])


def test_only_the_first_of_many_problems_are_named():
    skipped = found("number,name\n" + "x,Ann\n" * 500)[1]
    assert (len(skipped), skipped[0], skipped[-1]) == (
        201,
        "line 2: x is no telephone number",
        "and 300 more",
    )


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "rot13", "hex", "zip"])
def test_codecs_that_are_no_character_sets_are_not_used(charset):
    card = f"BEGIN:VCARD\nFN;CHARSET={charset};QUOTED-PRINTABLE:=41nn=FF.\nTEL:+12025550123\nEND:VCARD\n"
    assert found(card)[0] == {"+12025550123": "Ann\ufffd."}


def test_a_value_in_many_lines_is_looked_at_once(monkeypatch):
    looked_at = []
    is_quoted = vcard._is_quoted
    monkeypatch.setattr(vcard, "_is_quoted", lambda text: looked_at.append(len(text)) or is_quoted(text))
    card = "BEGIN:VCARD\nFN;QUOTED-PRINTABLE" + ";X" * 500 + "=\n" + "=\n" * 1000
    assert found(card)[0] == {}
    assert sum(looked_at) < 2 * len(card)


@given(st.text() | st.lists(st.sampled_from([*OLD_PHONE, *NEXTCLOUD.splitlines(keepends=True)])).map("".join))
def test_any_text_is_read_or_refused(text):
    for beginning in ("", "BEGIN:VCARD\n", "name,phone\n"):
        try:
            contacts = read_contacts((beginning + text).encode(errors="replace")).contacts
        except ContactsError:
            continue
        assert all(each.name and len(each.name) <= MAX_NAME for each in contacts)
