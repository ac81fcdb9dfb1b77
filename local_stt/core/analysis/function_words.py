"""Words that say nothing of what a call is about: function words, and words of any talk on the phone."""

from ..formatting import Language

ENGLISH = frozenset(
    """
    a able about above absolutely across actually after afternoon again against ago ah alright all almost
    already also although always am among an and another any anybody anyone anything anyway anywhere are
    aren't around as ask asked asking at away awesome back be because been before begin being believe below
    best better between bit both but by bye call called calling calls came can can't cannot certainly check
    checked checking come comes coming correct could couldn't course cool day days dear definitely did didn't
    different do does doesn't doing don't done down during each either else enough even evening ever every
    everybody everyone everything everywhere exactly excellent excuse far feel few find fine first for found
    from further gave get gets getting give given giving glad go goes going gone gonna good goodbye got gotta
    great guess had hadn't happen happened happy hang hardly has hasn't have haven't having he hear heard
    hello help her here hers herself hey hi him himself his hm hmm hold hope how however huh i if important in
    indeed inside instead into is isn't it its itself just keep kept kind knew know known last later least
    leave left less let like likely little long look looked looking looks lot lots ma'am made make makes
    making many matter may maybe me mean means mhm might mine minute minutes miss missus mister mm moment
    moments more morning most mr mrs ms much must my myself name near need needed needs neither never new next
    nice night no nobody none nor not nothing now o'clock of off often oh ok okay old on once only onto open
    or other others ought our ours ourselves out outside over own pardon people perfect perhaps person place
    please pleasure point possible pretty probably put quite rather real really reason right said same saw say
    saying says second seconds see seem seems seen sense shall shan't she should shouldn't show since sir so
    some somebody someone something sometimes somewhere soon sorry sort speak speaking start started still
    stop stuff such suppose sure take taken takes taking talk talking tell than thank thanks that the their
    theirs them themselves then there these they thing things think this those though thought through till
    time times to today told tomorrow tonight too took toward towards tried true try trying turn two uh uh-huh
    um under understand understood unless until up upon us use used using usually very wait waiting wanna want
    wanted wanting wants was wasn't way we welcome well went were weren't what whatever when whenever where
    wherever whether which while who whoever whole whom whose why will with within without won't wonder
    wonderful wondering word words work works worry would wouldn't wow wrong yeah year years yep yes yesterday
    yet you your yours yourself yourselves
    """.split()
)

SPANISH = frozenset(
    """
    a acaso ah ahí ahora al algo alguien algún alguna algunas alguno algunos allá allí ante antes aquel
    aquella aquellas aquello aquellos aquí así aun aún aunque ayer ayuda ayudar bajo bastante bien buen buena
    buenas bueno buenos cada casi claro como cómo con conmigo contigo contra cosa cosas creo cual cuál cuales
    cualquier cuando cuándo cuanta cuánta cuanto cuánto cuántos da dar de dé debe deben debo decir del demás
    dentro desde después día días dice dicho digo dijo disculpe donde dónde durante e el él ella ellas ellos
    en encima entonces entre era eran eres es esa esas ese eso esos espere está ésta estaba estado estamos
    están estar estas estás este esto estos estoy exactamente favor fin fue fueron gracias gran grande gusta
    gustaría ha había habla hablar hablo hace hacer haces hacia hacía hago han hasta hay haya he hecho hemos
    hola hora horas hoy igual incluso ir jamás la las le les listo llama llamar llamo lo los luego mal mañana
    más me mejor menos mi mí mientras mío mira mis misma mismo momento mucha muchas mucho muchos muy nada
    nadie necesita necesito ni ningún ninguna ninguno no noche noches nombre nos nosotras nosotros nuestra
    nuestro nueva nuevo nunca o os otra otras otro otros para parece parte pasa pasado perdón perfecto pero
    poca poco pocos podemos poder podría podrías por porque posible primer primera pronto pude puede pueden
    puedo pues que qué queremos quería quien quién quiere quiero quizá quizás realmente saber sé sea según
    seguro señor señora señorita ser si sí sido siempre sin sino so sobre solo sólo somos son soy su sus tal
    tales también tampoco tan tanta tanto tarde tardes te tendría tener tengo ti tiempo tiene tienen toda
    todas todavía todo todos tu tú tus u un una unas uno unos usted ustedes va vale vamos van varias varios ve
    veces ver verdad vez voy y ya yo
    """.split()
)

FUNCTION_WORDS = {"en": ENGLISH, "es": SPANISH}
"""The lists by the codes of languages, without regions"""


def function_words(language: Language) -> frozenset[str]:
    """Return the list of a language; an empty one where there is none."""
    return FUNCTION_WORDS.get(language.code.partition("-")[0], frozenset())
