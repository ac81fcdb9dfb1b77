"""Lists of English words that tell where a private value is, and where it ends."""

from ...formatting import word_lists
from ...formatting.english import addresses


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PAUSED = _words("uh um er erm hmm mm and then okay ok yeah yes yep so space right comma next")
"""Words that people say between two groups of a number"""

CONNECTORS = PAUSED | _words(
    """
    a all also are at be being call called can code consists digits do email ends ending following for full
    get give goes have here here's hi i id i'd i'll i'm in is it it's i've just last let like lookup may me my
    no number number's numbers of on one's our please read reads see should starts starting sure that that's
    the there there's this to try uh use want was we well were what will with would you your
    """
)
"""Words that may be between the words that name a value and the value"""

FOOD = _words(
    """
    food restaurant restaurants cuisine dish dishes fries toast bread cheese coffee tea wine dollars version
    airlines airways express
    """
)
"""Words after which a word such as `french` says nothing of people"""

UNITS = _words(
    """
    am blocks bucks cents degrees dollars euros feet gallons hour hours hundred inches item items kilos
    kilometers mile miles minute minutes month months more of o'clock or other others p.m. people percent
    persons pm point pounds second seconds thing things thousand time times to week weeks year years day
    days
    """
)
"""Words after a number that counts something"""

STOPS = word_lists.NOT_NAMES | _words(
    """
    account after ago agent already always another any anyone anybody anything apartment appears around away
    back bad before being billing blank both broken but called calls came cannot can't case change changed
    come coming currently customer days department didn't different difficult does doesn't doing don't done
    during each either else english even every everyone everybody everything expired expires expiring few
    first forget forgot forgotten free get getting give given glad go goes going gone gonna good got gotta
    haven't he's hear help her how hers herself him himself his home hoping human human's incorrect interested
    interesting invalid isn't it'll its just keep kind know last later lost like little living locked long
    lot made make manager many me mean meant mine missing more morning most much my myself name names need
    needs never new next nice nobody none nothing number off often old once one only operator order other
    others over own pending person phone press problem quite ready reception representative required
    reset sales same saying sensitive set she's show so someone somebody something sort speak still stolen
    stopped such supervisor support supposed sure talk talking tell terrible that'll them themselves there
    they're thing things thinking through time today tomorrow tonight told too tried try two under until
    up us used very visiting wait waiting wanna want wanted wants was wasn't way we're weak well went were
    what's whatever when who who's whole whom why wife woman won't work working works would writing
    wrote yeah yesterday yet you you'll you're yours yourself
    advice age assistance attack cash consideration construction contract control credit details directions
    extra feedback information investigation money payment permission pressure proof refund review warranty
    """
)
"""Words that no name or password begins with or goes on over"""

ENDS = _words(
    """
    also and because but can could did do does for from if i i'd i'll i'm it it's not now okay on please
    right so sorry thank thanks that that's the then there this though to was what when which who with would
    yeah yes you your
    """
)
"""Words that end a password or a username"""

RELATIVES = _words(
    """
    boyfriend brother client colleague cousin dad daughter father fiance friend girlfriend husband mom
    mother neighbor partner roommate sister son spouse tenant wife
    """
)

PARTICLES = _words("al bin da de del den der di dos du el la le mac mc o' san st van von")
"""Words inside family names"""

NAME_ENDINGS = (
    *("ez", "ova", "ov", "eva", "ev", "ski", "sky", "ska", "sen", "sson", "son", "berg", "mann", "ic"),
    *("ian", "yan", "opoulos", "idis", "escu", "wicz", "czyk", "enko", "stein", "feld", "shvili", "dottir"),
)
"""What many family names end with"""

STATES = _words(
    """
    alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota
    mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah
    vermont virginia washington wisconsin wyoming
    """
)

TWO_WORD_PLACES = frozenset(
    tuple(line.split())
    for line in """
    new york
    new jersey
    new mexico
    new hampshire
    new orleans
    new zealand
    new delhi
    new haven
    north carolina
    south carolina
    north dakota
    south dakota
    west virginia
    rhode island
    los angeles
    las vegas
    long beach
    long island
    el paso
    fort worth
    fort lauderdale
    fort wayne
    kansas city
    oklahoma city
    jersey city
    baton rouge
    grand rapids
    palm springs
    palm beach
    salt lake
    santa monica
    santa barbara
    santa clara
    santa cruz
    santa fe
    santa ana
    san francisco
    san diego
    san jose
    san antonio
    san juan
    san bernardino
    st louis
    st paul
    st petersburg
    saint louis
    saint paul
    saint petersburg
    puerto rico
    costa rica
    el salvador
    dominican republic
    czech republic
    south africa
    south korea
    north korea
    saudi arabia
    sri lanka
    hong kong
    united states
    united kingdom
    united arab
    great britain
    northern ireland
    buenos aires
    rio de
    sao paulo
    mexico city
    tel aviv
    cape town
    kuala lumpur
    the hague
    the bronx
    """.strip().splitlines()
)
"""Places of two words, or their first two words"""

PLACES = (word_lists.PLACES - {"turkey"}) | _words(
    """
    albuquerque anaheim anchorage aurora bakersfield belarus boise boulder bulgaria cameroon chattanooga
    chile congo cyprus dayton eugene fremont greenland greensboro hartford honolulu iceland jordan kenosha
    knoxville kazakhstan laos leeds lexington libya lincoln louisville lyon macedonia madagascar malta
    marseille mesa moldova mongolia mozambique myanmar namibia newark norfolk omaha oxford plano provo
    raleigh reno richmond rochester salem savannah scottsdale senegal spokane stockton sunnyvale syracuse
    tacoma tanzania toledo topeka tulsa tunisia turin uruguay uzbekistan wichita yemen yonkers zambia
    zimbabwe antwerp brisbane perth auckland calgary edmonton winnipeg georgia lima
    """
)

NO_PLACES = STOPS | _words(
    """
    advance apartment bed bedroom building business case charge cell church city class college control
    country court customer debt detail doctor effect end europe's fact front general germany's heart hospital
    hotel house its line love mail mess minutes office order page pain part peace person place private public
    queue school service shape shock shop stock store stuff system town trouble university vain view
    village website weeks work your
    """
)
"""Words after `live in` and the like that are no place"""

STREETS = addresses.STREETS | {"ave", "rd"}
UNITS_OF_HOUSES = _words("apartment apt suite unit floor building room flat box lot number")

RELIGIONS = _words(
    """
    agnostic anglican atheist baptist buddhist catholic christian evangelical hindu islam jain jewish
    judaism lutheran methodist mormon muslim orthodox pentecostal presbyterian protestant quaker
    scientologist shia shiite sikh sunni taoist unitarian buddhism christianity hinduism islamic sikhism
    catholicism mormonism atheism muslims christians jews hindus buddhists catholics
    """
)
POLITICS = _words(
    """
    anarchist communist conservative democrat democrats fascist leftist liberal libertarian marxist
    republican republicans socialist tory labour communists socialists conservatives liberals libertarians
    """
)
POLITICAL_CUES = _words("a am i'm is are vote voted voting registered lean as party")
"""Words before or after those that are political only sometimes"""
SURE_POLITICS = _words(
    "democrat republican republicans democrats libertarian socialist communist marxist tory"
)

SEXUALITY = _words(
    """
    asexual bisexual cisgender female gay genderfluid genderqueer heterosexual homosexual intersex lesbian
    male nonbinary pansexual queer transgender transsexual lesbians
    """
)

LANGUAGES = _words(
    """
    albanian amharic arabic armenian bengali bosnian bulgarian cantonese catalan croatian czech danish dutch
    english estonian farsi finnish french georgian german greek gujarati hebrew hindi hungarian icelandic
    indonesian italian japanese kannada khmer korean kurdish lao latvian lithuanian malay malayalam mandarin
    marathi mongolian nepali norwegian pashto persian polish portuguese punjabi romanian russian serbian
    slovak slovenian somali spanish swahili swedish tagalog tamil telugu thai tibetan turkish ukrainian urdu
    uzbek vietnamese welsh yiddish yoruba zulu
    """
)
LANGUAGE_CUES = _words(
    """
    speak speaks speaking spoke spoken in into language languages learn learning understand fluent translate
    translated interpreter
    """
)

NATIONALITIES = (
    (
        word_lists.PEOPLES
        | LANGUAGES
        | _words(
            """
    afghan afghani algerian americans andorran angolan argentine bangladeshi belarusian belizean belizian
    bolivian british burmese cambodian cameroonian chilean congolese cypriot dominican ecuadorian
    emirati english eritrean ethiopian fijian germans ghanaian guatemalan haitian honduran iraqi jordanian
    kazakh kenyan kuwaiti laotian liberian libyan macedonian malaysian maltese mauritian mexicans moldovan
    montenegrin nicaraguan palestinian panamanian paraguayan qatari rwandan salvadoran saudi saudis senegalese
    serb shiis singaporean slovene sudanese syrian taiwanese tanzanian tunisian ugandan uruguayan
    venezuelan yemeni zambian zimbabwean russians italians mexicans canadians indians brazilians
    """
        )
    )
    - RELIGIONS
    - _words(
        """
        african european latin mediterranean hindi hebrew arabic farsi mandarin cantonese punjabi urdu tagalog
        yiddish swahili
        """
    )
)
