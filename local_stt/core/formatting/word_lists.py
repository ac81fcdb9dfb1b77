"""Lists of English words: those that have capitals, and those that marks and capitals depend on.

Names that are common words too (Mark, Rose, Reading, Turkey) are left out of `ALWAYS`.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NUMBER_WORDS = _words(
    """
    zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
    million billion
    """
)
"""Words that are always a number"""

ORDINALS = _words(
    """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth twenty thirty
    """
)
"""Words that a day of a month begins with"""

MONTHS = _words("january february april june july august september october november december")
"""Months, without March and May, which are common words too"""

MONTHS_OR_WORDS = frozenset({"march", "may"})

DAYS = _words("monday tuesday wednesday thursday friday saturday sunday")

HOLIDAYS = _words("christmas easter thanksgiving halloween hanukkah ramadan diwali")

GIVEN_NAMES = _words(
    """
    aaron abdul abigail adam adrian agnes ahmed aisha alan albert alejandro alex alexander alexandra
    alexis alfred ali alice alicia alison amanda amelia amy ana andrea andrew andy angela anil anita ann
    anna anne annie anthony antonio arjun arthur ashley audrey barbara beatrice ben benjamin bernard
    beth betty beverly bob bobby brandon brenda brian bruce bryan caitlin calvin cameron carl carla
    carlos carmen caroline carolyn catherine cathy cecilia charles charlie charlotte chen cheryl chloe
    chris christina christine christopher cindy claire clara claudia colin connie connor craig crystal
    curtis cynthia dan daniel danielle danny darren dave david debbie deborah deepak denise dennis derek
    diana diane diego dmitri dmitry dolores donald donna doris dorothy doug douglas dylan eddie edgar
    edith edward edwin eileen elaine eleanor elena eli elijah elizabeth ella ellen emily emma enrique
    eric erica erin esperanza esther ethan eugene eva evelyn fatima felix fernando fiona florence
    frances francis francisco francois fred frederick gabriel gary geoffrey george gerald gina giovanni
    giulia gladys glenn gloria gordon greg gregory guadalupe hannah hans harold harriet harry hassan
    heather hector heidi helen henry hiroshi howard hugh ian ibrahim igor ingrid irene isaac isabel
    isabella ivan jackie jackson jacob jacqueline jake james jamie jane janet janice jason javier jeff
    jeffrey jenna jennifer jenny jeremy jerry jesse jessica jesus jill jim jimmy joan joanna joe joel
    johanna john johnny jon jonathan jorge jose joseph joshua juan juanita judith judy julia julian
    julie justin karen karl kate katherine kathleen kathryn kathy katie keith kelly ken kenneth kevin
    kim kimberly kristen kwame kyle lakshmi larry lars laura lauren laurie lawrence layla leah leo leon
    leonard leslie liam lillian linda lisa liz logan lois lori louis louise lucas lucia lucy luis luke
    lydia lynn madison manuel marcus margaret maria marie marilyn mario marissa marjorie marsha martha
    martin marvin mary matt matthew maureen maurice megan mei melanie melissa michael michelle miguel
    mike mikhail mildred mohamed mohammed molly monica morgan muhammad mustafa nadia nancy naomi natalie
    natasha nathan neil nicholas nicole nina noah nora norma norman olga oliver olivia omar oscar pablo
    pamela patricia patrick paul paula pauline pedro peggy peter phil philip phyllis pierre priya rachel
    rafael raj ralph ramon randy raymond rebecca ricardo richard rick ricky rita robert roberto rodney
    roger roland ronald ronnie rosa rosemary roy russell ruth ryan sabrina sally sam samantha samuel
    sandra sanjay sara sarah scott sean sebastian sergio shannon sharon sheila shirley simon sofia sonia
    sophia sophie stacy stanley stella stephanie stephen steve steven stuart sunita susan suzanne sven
    sydney sylvia tamara tanya tara ted teresa terry thelma theodore theresa thomas tiffany tim timothy
    tina todd tom tommy tony tracy travis trevor tyler valerie vanessa vera veronica victor victoria
    vincent virginia vivian vladimir walter wanda wayne wei wendy wesley william xavier yolanda yuki
    yusuf yvonne zachary zoe
    """
)

FAMILY_NAMES = _words(
    """
    adams alvarez anderson bailey bennett brooks bryant campbell carter castillo chavez clark collins
    cooper cruz davis diaz edwards evans fernandez flores foster garcia gomez gonzalez graham griffin
    gutierrez hamilton harris harrison hernandez hughes jackson jenkins jimenez johnson jones kaur kelly
    khan kowalski kumar lewis lopez marshall martinez mcdonald mendoza miller mitchell morales moore
    morris murphy murray myers nelson nguyen ortiz owens parker patel patterson perez peterson phillips
    powell ramirez ramos reynolds richardson rivera roberts robinson rodriguez rogers ruiz sanchez
    sanders schmidt shah simmons singh smith sullivan taylor thompson torres tran turner walker wallace
    watson williams wilson wright
    """
)

GIVEN_OR_WORDS = _words(
    """
    amber angel art autumn bill carol chase christian daisy dale dawn don drew eve faith frank gene
    grace grant guy hazel holly hope hunter iris ivy jack jade jasmine jay jean jewel jordan joy june
    lee lily mark mason max melody miles nick olive pat pearl penny rich rob robin rose ruby rusty skip
    sue summer violet ward will
    """
)
"""Given names that are common words too: a capital only where a name is expected"""

FAMILY_OR_WORDS = _words(
    """
    baker banks barber bell bishop black brown butler carpenter cook cross day dean field fields fisher
    ford fox french gray green hall heath hill hunt hunter king knight lamb lane lee long love mason
    mills north page parks pierce pope price reed reid rhodes rice rose stone ward warren waters webb
    west white wise wolf wood woods young
    """
)
"""Family names that are common words too: a capital only after a given name or a title"""

PLACES = _words(
    """
    afghanistan africa alabama alaska albania algeria america amsterdam argentina arizona arkansas
    armenia asia athens atlanta austin australia austria baltimore bangkok bangladesh barcelona beijing
    belgium berlin birmingham bolivia boston brazil britain brooklyn brussels budapest bulgaria
    california cambodia canada cairo charlotte chicago china cincinnati cleveland colombia colorado
    connecticut copenhagen croatia cuba dallas delaware delhi denmark denver detroit dubai dublin
    ecuador edinburgh egypt england estonia ethiopia europe finland florida fresno frankfurt geneva
    germany ghana greece guatemala haiti hamburg havana hawaii helsinki honduras houston hungary iceland
    idaho illinois india indiana indianapolis indonesia iowa iran iraq ireland israel istanbul italy
    jamaica japan kansas kentucky kenya korea kuwait latvia lebanon lisbon lithuania liverpool london
    louisiana luxembourg madrid maine malaysia manchester manhattan maryland massachusetts melbourne
    memphis mexico miami michigan milan milwaukee minneapolis minnesota mississippi missouri montana
    montreal morocco moscow mumbai munich naples nashville nebraska nepal netherlands nevada nicaragua
    nigeria norway oakland ohio oklahoma orlando oregon oslo ottawa pakistan panama paraguay paris
    pennsylvania peru philadelphia philippines phoenix pittsburgh poland portland portugal prague
    queensland romania rome russia sacramento scotland seattle serbia shanghai singapore slovakia
    slovenia somalia spain stockholm sudan sweden switzerland sydney syria taiwan tampa tennessee texas
    thailand tokyo toronto tucson uganda ukraine utah vancouver venezuela venice vermont vienna vietnam
    virginia wales warsaw washington wisconsin wyoming zurich
    """
)

PEOPLES = _words(
    """
    african american arabic argentinian asian australian austrian belgian brazilian british canadian
    catholic chinese colombian cuban danish dutch egyptian english european filipino finnish french
    german greek hebrew hindi hispanic hungarian indian indonesian iranian irish israeli italian
    jamaican japanese jewish korean latin latino lebanese mandarin mediterranean mexican moroccan muslim
    nigerian norwegian pakistani persian peruvian portuguese punjabi romanian russian scottish spanish
    swedish swiss tagalog thai turkish ukrainian urdu vietnamese welsh
    """
)

BRANDS = _words(
    """
    adidas airbnb android boeing chevrolet chrysler citibank coca-cola comcast costco dropbox expedia
    facebook fidelity ford gmail google honda hyundai ikea instagram intel lexus lyft macy's medicaid
    medicare mercedes microsoft netflix nike nintendo nissan nokia outlook pepsi pfizer reddit samsung
    skype sony spotify starbucks subaru tesla toyota twilio twitter uber verizon volkswagen volvo
    walgreens walmart wikipedia xerox yahoo zelle
    """
)

ALWAYS = MONTHS | DAYS | HOLIDAYS | GIVEN_NAMES | FAMILY_NAMES | PLACES | PEOPLES | BRANDS
"""Words that have a capital wherever they stand"""

_FORMS = _words(
    """
    I I'm I'll I've I'd I'd've ATM BMW CD CEO CNN CVS DHL DMV DNA DVD FBI FAQ GPS HBO HDMI HIV HR IBM IRS ISP
    JFK LLC MRI NASA NBC NFL OK PC PDF PO SMS SSN SUV TSA TV UK UPS URL USA USB VIP VPN AirPods BlackBerry
    DoorDash eBay FaceTime FedEx GrubHub iCloud iMessage iPad iPhone iTunes JetBlue LinkedIn MacBook
    MasterCard McDonald's PayPal PlayStation TikTok TripAdvisor WhatsApp WiFi YouTube
    """
)

FIXED = {form.lower(): form for form in _FORMS}
"""Words with a form of their own"""

TITLES = _words("mister mr mrs missus ms miss doctor dr professor officer captain aunt uncle")
"""Words that are written with a capital before a name"""

STREETS = _words("street avenue road boulevard drive lane court parkway highway square terrace plaza")
"""Words that are written with a capital after the name of a street"""

FUNCTION_WORDS = _words(
    """
    a about am an and are as at because been but by can could did do does for from had has have her his
    i i'd i'll i'm if in into is it's its may might must my nor of on or our shall she should so than
    that that's the their then there there's these they this those to very was we were what when where
    which while who whose will with would you your
    """
)
"""Words after which a pause is thought and not an end"""

NOT_NAMES = FUNCTION_WORDS | _words(
    """
    actually again all also calling correct fine good great happy he here hi hello just late looking no
    not now okay please ready really right sorry speaking spelled still sure thanks too trying up wrong yes
    """
)
"""Words that follow `my name is` or `this is` and are no name"""

COMMON_WORDS = (
    NOT_NAMES
    | NUMBER_WORDS
    | _words(
        """
        able after ago always any anyone anything away back bad be before best better big bit both bring
        buy call came change check come days different doing done down each early else end enough even ever
        every everything few find for get getting give go goes going got guess had half hear help hold hour
        how i've it just keep kind know last leave left let let's like little long look lot lots made make
        many maybe me mean minute money month more morning most much name need never new next nice nope
        nothing number off oh ok old once one only open order other our out over own part pay people place
        problem put quite rather read run said same saw say second see send set several show side since
        some somebody someone something sometimes soon start still stop such sure take talk tell than thank
        them thing things think thought time today together told tomorrow tonight took two under until us
        use used using usually wait want wanted way we'll we're we've week well went why without won't word
        work works would yeah year years yesterday yet you'll you're you've yours
        """
    )
)
"""Words that are said so often that they are hardly a name that was misheard"""
