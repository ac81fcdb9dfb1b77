"""What people say on the phone, and how it is written."""

import pytest

from helpers.spoken import spoken, written
from local_stt.core.formatting import LANGUAGES, write


def check(said, wanted):
    assert written(said) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("reach me at three one two five five five eight eight four four", "reach me at 312-555-8844"),
        ("it's seven one eight five five five nineteen eighty four", "it's 718-555-1984"),
        ("my fax is eight oh oh five five five three five three five", "my fax is 800-555-3535"),
        ("text me on three oh five double two two nine eight seven one", "text me on 305-222-9871"),
        ("six one seven triple five oh one hundred", "617-555-0100"),
        ("call five five five four thousand", "call 555-4000"),
        ("one eight six six five five five two two two two", "1-866-555-2222"),
        ("area code nine one nine five five five three four four six", "area code 919-555-3446"),
        ("two one three five five five oh one four seven extension two two", "213-555-0147 extension 22"),
        ("seven oh three dash five five five dash zero one nine eight", "703-555-0198"),
        ("plus four four seven seven double oh nine hundred one two three", "+44 7700 900123"),
        ("plus one two oh two five five five oh one two three", "+1 202-555-0123"),
        ("plus four nine three oh one two three four five six", "+49 30 123456"),
        ("plus three five three one five five five oh one two three", "+353 15 550123"),
        ("plus four four two oh seven nine four six oh nine five eight", "+44 20 7946 0958"),
        ("plus four four twenty seven nine four six oh nine five eight", "+44 20 7946 0958"),
        ("plus forty four twenty seven nine four six oh nine five eight", "+44 20 7946 0958"),
        ("plus forty four twenty oh seven nine four six oh nine five", "+44 20 0794 6095"),
        ("plus forty four seventy seven double oh nine double oh one two three", "+44 7700 900123"),
        ("plus forty nine thirty one two three four five six", "+49 312 3456"),
        ("seven seven oh oh oh four one", "770-0041"),
        ("double five five oh one nine eight", "555-0198"),
        ("double seven triple zero four one", "7700041"),
        ("call double seven triple zero four one", "call 770-0041"),
        ("four one five five five five one two one oh and my name", "415-555-1210 and my name"),
        ("four one five five five five one two one two oh yes", "415-555-1212 oh yes"),
        ("four one five five five five oh one oh one or four one five five five five oh one oh two",
         "415-555-0101 or 415-555-0102"),
    ],
)  # fmt: skip
def test_telephone_numbers(said, wanted):
    check(said, wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("my account number is eight eight one two three four five", "my account number is 8812345"),
        ("the pin is zero zero one two", "the pin is 0012"),
        ("the last four digits are six seven eight nine", "the last four digits are 6789"),
        ("a card ending in four two four two", "a card ending in 4242"),
        ("four two four two four two four two four two four two four two four two", "4242 4242 4242 4242"),
        ("three seven eight two eight two two four six three one oh oh oh five", "3782 822463 10005"),
        ("my social security number is oh seven eight oh five one one two oh",
         "my social security number is 078-05-1120"),
        ("zip code one two three four five dash six seven eight nine", "zip code 12345-6789"),
        ("claim number c l dash nine nine eight", "claim number CL-998"),
        ("confirmation number q seven r two d", "confirmation number Q7R2D"),
        ("my member i d is m four four nine two", "my member ID is M4492"),
        ("flight b a two forty nine", "flight BA249"),
        ("gate b twelve", "gate B12"),
        ("seat fourteen c", "seat 14C"),
        ("row twelve seat f please", "row 12 seat F please"),
        ("my license plate is a b c one two three four", "my license plate is ABC1234"),
        ("i am in room two twelve", "i am in room 212"),
        ("press star six nine", "press star 69"),
        ("press one or two", "press 1 or 2"),
        ("press three for billing or four for sales", "press 3 for billing or 4 for sales"),
        ("version two point oh", "version 2.0"),
        ("version three dot two dot one", "version 3.2.1"),
        ("nine four two one oh and my name", "94210 and my name"),
        ("my zip is nine oh two one oh okay thanks", "my zip is 90210 okay thanks"),
        ("five five five oh yes", "5550 yes"),
        ("the pin is one two three four oh wait", "the pin is 1234 oh wait"),
        ("it's one oh okay", "it's one oh okay"),
        ("the code is one of those", "the code is one of those"),
        ("c v v nine eight seven", "CVV 987"),
    ],
)  # fmt: skip
def test_numbers_that_name_something(said, wanted):
    check(said, wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("that's two dollars and ninety nine cents", "that's $2.99"),
        ("i paid a hundred and fifty thousand dollars", "i paid $150,000"),
        ("three point two million dollars", "$3.2 million"),
        ("a buck fifty", "$1.50"),
        ("a dollar", "a dollar"),
        ("half a million dollars", "half a million dollars"),
        ("a couple hundred dollars", "a couple hundred dollars"),
        ("two or three hundred dollars", "two or three hundred dollars"),
        ("forty to fifty dollars", "$40 to $50"),
        ("twenty five cents a minute", "$0.25 a minute"),
        ("my two cents", "my two cents"),
        ("it costs twelve fifty", "it costs $12.50"),
        ("your total is one oh five sixty", "your total is $105.60"),
        ("forty nine ninety five", "$49.95"),
        ("minus twenty dollars", "-$20"),
        ("one forty dollars", "$140"),
        ("ten and a half dollars", "$10.50"),
        ("seven fifty an hour", "$7.50 an hour"),
        ("it costs one twenty nine a month", "it costs $1.29 a month"),
        ("thirty nine ninety nine per month", "$39.99 per month"),
        ("it costs one thirty a m", "it costs 1:30 a.m."),
        ("ninety euros and five cents", "€90.05"),
        ("fifty pence", "£0.50"),
        ("two hundred pesos", "200 pesos"),
    ],
)
def test_money(said, wanted):
    check(said, wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("on june second", "on June 2"),
        ("august twenty third nineteen ninety one", "August 23, 1991"),
        ("september eleventh two thousand and one", "September 11, 2001"),
        ("june the fifth", "June 5"),
        ("june five", "June 5"),
        ("the fifth of june twenty twenty", "the 5th of June 2020"),
        ("october nineteen oh seven", "October 1907"),
        ("born april twelfth eighty six", "born April 12, '86"),
        ("my date of birth is oh one fifteen nineteen eighty five", "my date of birth is 01/15/1985"),
        ("d o b three fourteen eighty nine", "DOB 3/14/89"),
        ("d o b is oh three oh four seventy nine", "DOB is 03/04/79"),
        ("twelve thirty one twenty twenty five", "12/31/2025"),
        ("oh three slash twelve slash twenty twenty four", "03/12/2024"),
        ("it expires oh nine twenty eight", "it expires 09/28"),
        ("in two thousand twelve", "in 2012"),
        ("in nineteen hundred and five", "in 1905"),
        ("q three twenty twenty four", "Q3 2024"),
        ("back in the eighties", "back in the 80s"),
        ("the nineteen sixties", "the 1960s"),
        ("third quarter of twenty twenty four", "Q3 2024"),
        ("you may fifth that", "you may fifth that"),
        ("they march ten miles", "they march 10 miles"),
        ("we may two step", "we may two step"),
    ],
)
def test_dates(said, wanted):
    check(said, wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("at five p m", "at 5 p.m."),
        ("at five thirty p.m.", "at 5:30 p.m."),
        ("at seven pm", "at 7 p.m."),
        ("ten fifteen a m e s t", "10:15 a.m. EST"),
        ("at ten am i right", "at 10 am i right"),
        ("quarter till three", "2:45"),
        ("a quarter past one", "1:15"),
        ("half past twelve", "12:30"),
        ("quarter to one", "12:45"),
        ("twenty to eight", "7:40"),
        ("five minutes to nine", "8:55"),
        ("five to ten minutes", "5 to 10 minutes"),
        ("between two and three p m", "between 2 and 3 p.m."),
        ("nine to five pm", "9 to 5 p.m."),
        ("from ten to two", "from 10 to 2"),
        ("eight o'clock in the morning", "8:00 in the morning"),
        ("at one oh five", "at 1:05"),
        ("nineteen hundred hours", "1900 hours"),
        ("at oh six hundred hours", "at 0600 hours"),
        ("zero nine hundred hours", "0900 hours"),
        ("we worked two hundred hours", "we worked 200 hours"),
        ("twenty five hundred hours", "2,500 hours"),
        ("seven fifteen tonight", "7:15 tonight"),
        ("a quarter of the money", "a quarter of the money"),
    ],
)
def test_times(said, wanted):
    check(said, wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("two point five percent", "2.5%"),
        ("point five percent", "0.5%"),
        ("four and a half percent", "4.5%"),
        ("fifteen to twenty per cent", "15 to 20%"),
        ("ninety eight point six", "98.6"),
        ("three dot one four", "3.14"),
        ("point five", "0.5"),
        ("it's point five", "it's 0.5"),
        ("point two five", "0.25"),
        ("minus point two five", "-0.25"),
        ("point five of the agenda", "point five of the agenda"),
        ("the point five", "the point five"),
        ("nine nine point nine percent", "99.9%"),
        ("tune to one oh one point five", "tune to 101.5"),
        ("three sixty five point two five", "365.25"),
        ("between one and two percent", "between 1 and 2%"),
        ("at this point two people left", "at this point two people left"),
        ("fifty miles per hour", "50 mph"),
        ("seventy degrees fahrenheit", "70°F"),
        ("five foot nine", "5 foot 9"),
        ("two and a half hours", "2.5 hours"),
        ("one fifty pounds", "150 pounds"),
        ("two milli volts", "2 milli volts"),
        ("one day", "one day"),
        ("two hundred fifty m g", "250 mg"),
        ("fifty k a year", "50K a year"),
        ("a thirty second hold", "a 30 second hold"),
        ("oh five minutes", "oh 5 minutes"),
    ],
)
def test_measures(said, wanted):
    check(said, wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("i live at four twenty one oak street", "i live at 421 oak street"),
        ("nine oh one west forty third street", "901 west 43rd street"),
        ("seventeen oh one pine street apartment six", "1701 pine street apartment 6"),
        ("we are at twenty two b baker street", "we are at 22B baker street"),
        ("two oh two east main", "202 east main"),
        ("apartment two b", "apartment 2B"),
        ("unit number seven", "unit number 7"),
        ("take exit forty two off route sixty six", "take exit 42 off route 66"),
        ("p o box four five six", "PO box 456"),
        ("a two way street", "a two way street"),
        ("the second street on the left", "the second street on the left"),
    ],
)
def test_street_addresses(said, wanted):
    check(said, wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("my email is j smith at gmail dot com", "my email is jsmith@gmail.com"),
        ("my email address is ann lee at gmail dot com", "my email address is annlee@gmail.com"),
        ("it's sarah dot o connor at outlook dot com", "it's sarah.oconnor@outlook.com"),
        ("send it to mike nineteen eighty four at aol dot com", "send it to mike1984@aol.com"),
        ("k e v i n at yahoo dot co dot u k", "kevin@yahoo.co.uk"),
        ("write to test dash user at mail dot example dot org", "write to test-user@mail.example.org"),
        ("email billing at city power dot net", "email billing@citypower.net"),
        ("i work at amazon dot com", "i work at amazon.com"),
        ("go to double u w w dot google dot com", "go to www.google.com"),
        ("go to example dot com slash help slash me", "go to example.com/help/me"),
        ("it's best dash plumbers dot net", "it's best-plumbers.net"),
        ("h t t p s colon slash slash example dot com forward slash a b", "https://example.com/ab"),
        ("one nine two dot one six eight dot one dot twenty", "192.168.1.20"),
        ("look at dot she is laughing", "look at dot she is laughing"),
        ("the dot com bubble", "the dot com bubble"),
    ],
)
def test_electronic_addresses(said, wanted):
    check(said, wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("my last name is garcia g a r c i a", "my last name is garcia G-A-R-C-I-A"),
        ("that's spelled m c double l", "that's spelled M-C-L-L"),
        ("b as in boy", "B as in boy"),
        ("d for david", "D for david"),
        ("that is b as in boy a t", "that is B-A-T"),
        ("it's n as in nancy g u y e n", "it's N-G-U-Y-E-N"),
        ("s as in sam m as in mary i t h", "S-M-I-T-H"),
        ("m as in mary a as in apple r k", "M-A-R-K"),
        ("w as in whiskey o o d i think", "W-O-O-D i think"),
        ("d for david a v i s", "D-A-V-I-S"),
        ("smith s m i t h as in harry", "smith S-M-I-T-H as in harry"),
        ("b as in boy d as in dog", "B as in boy D as in dog"),
        ("license plate a b c as in charlie one two three", "license plate A B C as in charlie 123"),
        ("b as in boy i said", "B as in boy i said"),
        ("a b c as in", "A B C as in"),
        ("m c capital d o n a l d", "M-C-D-O-N-A-L-D"),
        ("spelled capital m c capital d", "spelled M-C-D"),
        ("my password is capital a b capital c d", "my password is capital a b capital CD"),
        ("the u k capital a city", "the UK capital a city"),
        ("the f b i called", "the FBI called"),
        ("i need a c t scan", "i need a CT scan"),
        ("in the u s a i think", "in the USA i think"),
        ("i want a b and c", "i want a b and c"),
        ("vitamin b twelve", "vitamin B12"),
    ],
)
def test_spelled_words(said, wanted):
    check(said, wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("one thousand one hundred and one", "1,101"),
        ("two hundred fifty thousand", "250,000"),
        ("seven million", "7 million"),
        ("seven million two hundred thousand and six", "7,200,006"),
        ("twenty one hundred", "2,100"),
        ("there were nine or ten of us", "there were 9 or 10 of us"),
        ("three or four times", "three or four times"),
        ("between five and fifteen", "between 5 and 15"),
        ("two out of ten", "2 out of 10"),
        ("the hundredth time", "the 100th time"),
        ("two hundred second", "202nd"),
        ("one tenth", "one tenth"),
        ("minus five", "-5"),
        ("twenty four seven", "24/7"),
        ("nine one one", "911"),
        ("i have two kids", "i have two kids"),
        ("a million thanks", "a million thanks"),
    ],
)
def test_plain_numbers(said, wanted):
    check(said, wanted)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "one moment please",
        "just one second",
        "you're number one",
        "what's the number",
        "that's the one i want",
        "oh two things",
        "oh well",
        "for the two of you",
        "one way or another",
        "first things first",
        "second of all",
        "a third of them",
        "may or may not",
        "march on",
        "point of view",
        "a dash of salt",
        "double the amount",
        "plus tax",
        "the pound of flesh",
        "two thirds of it",
        "this one and that one",
        "testing one two",
        "as i am",
        "it was a plus",
        "at home",
        "zero problems",
        "meet me at one",
        "one on one",
    ],
)
def test_words_that_stay(said):
    check(said, said)
    assert all(token.kind == "word" for token in write(spoken(said), LANGUAGES["en"]))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("four one five five five five one two one two", "phone"),
        ("five dollars", "money"),
        ("june second", "date"),
        ("half past two", "time"),
        ("two percent", "percent"),
        ("twenty first", "ordinal"),
        ("twenty one", "number"),
        ("jo at example dot com", "email"),
        ("example dot com", "url"),
        ("ten dot zero dot zero dot one", "ip"),
        ("u s a", "spelled"),
    ],
)
def test_a_token_says_what_it_is(said, kind):
    (token,) = write(spoken(said), LANGUAGES["en"])
    assert token.kind == kind
