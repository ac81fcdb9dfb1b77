"""What holds for any words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.spoken import spoken
from local_stt.core.formatting import LANGUAGES, SENTENCE_PAUSE, Token, covers, write

SAID = {
    "en": """
zero oh o one two three five eight ten eleven twelve nineteen twenty thirty forty fifty ninety
hundred thousand million billion first second third fifth twentieth hundredth point minus negative
plus and a double triple half quarter past to till of at dot dash slash underscore colon com org w h
t p m i d u s am pm o'clock dollar dollars cents bucks euros pounds percent per cent miles hour
degrees foot january may march june the on in nineties eighties hundreds street avenue main
apartment room press flight number is my account code area box extension for or hello please john
gmail email http www born expires social phone minutes b c
""",
    "es": """
cero un uno una dos tres cinco ocho diez once doce diecinueve veinte veintitrés treinta cuarenta cincuenta y
cien ciento doscientos quinientas mil millón millones billones primero primer segunda décimo décima vigésimo
undécimo centésimo coma punto menos más doble triple ceros cuarto media medio tercios quintos treintavos la
las para a de del al o guion bajo barra dos puntos arroba com es org doble ve hache te pe ese a b c eme ene
i jota uve signo igual pe am pm tarde mañana horas utc dólares pesos euros centavos céntimos con por ciento
hora metros cuadrados grados minutos días enero marzo mayo el siglo habitación marque vuelo número mi cuenta
código postal extensión para hola por favor juan gmail correo www nací antes cristo igual entre gracias
""",
}
"""Words that written forms consist of, and some others"""
CODES = st.sampled_from(sorted(LANGUAGES))


def utterances(code):
    words = SAID[code.partition("-")[0]].split()
    return st.lists(st.sampled_from(words) | st.text(max_size=4), max_size=25)


QUICK = settings(max_examples=300, deadline=None, derandomize=True)


def written(words, code):
    return write(words, LANGUAGES[code])


@QUICK
@given(CODES, st.data())
def test_tokens_cover_any_words(code, data):
    said = data.draw(utterances(code))
    words = spoken(said)
    tokens = written(words, code)
    assert covers(tokens, len(words))
    assert all(token.text == said[token.first] for token in tokens if token.kind == "word")


@QUICK
@given(CODES, st.data())
def test_sentences_with_a_pause_between_are_written_as_each_alone(code, data):
    before, after = data.draw(utterances(code)), data.draw(utterances(code))
    first = spoken(before)
    second = spoken(["so", *after], start=len(before) + SENTENCE_PAUSE)
    later = [Token(t.text, t.first + len(first), t.last + len(first), t.kind) for t in written(second, code)]
    assert written([*first, *second], code) == (*written(first, code), *later)
