"""What people say on the phone in Spanish, and how it is written."""

import pytest

from helpers.spoken import spoken, written
from local_stt.core.formatting import LANGUAGES, SENTENCE_PAUSE, in_number, text_of, write


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("ciento veintitrés", "123"),
        ("mil uno", "1001"),
        ("dos mil veinticuatro", "2024"),
        ("doscientas cincuenta personas", "250 personas"),
        ("tres millones cuarenta mil cinco", "3040005"),
        ("cuatrocientos millones", "400 millones"),
        ("mil millones", "1000 millones"),
        ("un millón de habitantes", "1 millón de habitantes"),
        ("un millón y medio de personas", "un millón y medio de personas"),
        ("entre ocho y doce", "entre 8 y 12"),
        ("de cinco a diez personas", "de 5 a 10 personas"),
        ("dos o trescientos", "dos o trescientos"),
        ("veintitres y cuarenta", "23 y 40"),
        ("MIL DOSCIENTOS", "1200"),
        ("más o menos veinte", "más o menos 20"),
        ("siglo veintiuno", "siglo XXI"),
        ("avenida reforma dos veintidós", "avenida reforma 222"),
        ("uno de cada diez", "1 de cada 10"),
        ("quince o veinte", "15 o 20"),
    ],
)
def test_cardinals(said, wanted):
    assert written(said, "es") == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("dos coma cinco", "2,5"),
        ("uno punto cero ocho", "1.08"),
        ("cero coma seis millones", "0,6 millones"),
        ("tres coma catorce quince", "3,1415"),
        ("menos siete coma cinco", "-7,5"),
        ("dos más tres es igual a cinco", "2 + 3 = 5"),
        ("cinco tercios", "5/3"),
        ("siete treintaidosavos", "7/32"),
        ("dos y tres cuartos", "2 3/4"),
        ("tres cuartos de hora", "3/4 de hora"),
        ("un tercio de ellos", "un tercio de ellos"),
        ("una casa de tres cuartos", "una casa de tres cuartos"),
        ("la cuenta de dos mil euros", "la cuenta de €2000"),
        ("un pedido a dos calles", "un pedido a dos calles"),
        ("tres cuartos", "3/4"),
        ("menos cuatro y un quinto", "-4 1/5"),
        ("más o menos dos y tres cuartos", "más o menos 2 3/4"),
        ("los octavos de final", "los octavos de final"),
        ("dos octavos de final", "dos octavos de final"),
    ],
)
def test_decimals_and_parts(said, wanted):
    assert written(said, "es") == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("el décimo piso", "el 10.º piso"),
        ("vigésimo quinto aniversario", "25.º aniversario"),
        ("la undécima hora", "la 11.ª hora"),
        ("el decimotercer día", "el 13.ᵉʳ día"),
        ("centésimo segundo", "102.º"),
        ("el tercer piso", "el tercer piso"),
        ("la primera vez", "la primera vez"),
    ],
)
def test_ordinals(said, wanted):
    assert written(said, "es") == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("mi número es cinco cinco uno dos tres cuatro cinco seis siete ocho", "mi número es 551-234-5678"),
        (
            "me puede llamar al seis doce treinta y cuatro cincuenta y seis setenta y ocho",
            "me puede llamar al 612-345-678",
        ),
        ("mi celular es tres uno cero doble cinco cinco doce treinta y cuatro", "mi celular es 310-555-1234"),
        ("más treinta y cuatro seis uno dos tres cuatro cinco seis siete ocho", "+34 612 345 678"),
        (
            "más cincuenta y dos cincuenta y cinco doce treinta y cuatro cincuenta y seis setenta y ocho",
            "+52 55 1234 5678",
        ),
        ("uno ochocientos cinco cinco cinco doce doce", "1-800-555-1212"),
        ("cero ochocientos ciento veintitrés cuatro cinco seis siete", "0800-123-4567"),
        ("nueve uno cinco doble cero doce doce extensión cuatro", "915-001-212 ext. 4"),
        (
            "mi móvil es seiscientos treinta y dos cuarenta y cinco sesenta y siete ochenta y nueve",
            "mi móvil es 632-456-789",
        ),
        ("llámeme al ochocientos cinco cinco cinco cero uno nueve nueve", "llámeme al 800-555-0199"),
        (
            "el código de área es dos uno dos y luego cinco cinco cinco tres cuatro cuatro seis",
            "el código de área es 212 y luego 555-3446",
        ),
    ],
)
def test_telephone_numbers(said, wanted):
    assert written(said, "es") == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("el número de cuenta es cero cero cuatro siete dos nueve uno", "el número de cuenta es 0047291"),
        ("el código de confirmación es siete tres cero dos", "el código de confirmación es 7302"),
        (
            "mi tarjeta es cuatro uno uno uno uno uno uno uno uno uno uno uno uno uno uno uno",
            "mi tarjeta es 4111 1111 1111 1111",
        ),
        (
            "mi seguro social es uno dos tres cuarenta y cinco seis siete ocho nueve",
            "mi seguro social es 123-45-6789",
        ),
        ("mi de ene i es uno dos tres cuatro cinco seis siete ocho zeta", "mi DNI es 12345678Z"),
        ("habitación cuatro cero dos", "habitación 402"),
        ("marque uno para ventas y dos para soporte", "marque 1 para ventas y 2 para soporte"),
        ("marque el uno", "marque el 1"),
        ("pulse uno o dos", "pulse 1 o 2"),
        ("pulse dos veces", "pulse dos veces"),
        ("opción tres", "opción 3"),
        ("vuelo i be tres dos cero cuatro", "vuelo IB3204"),
        ("número de pedido a ce guion cuatro cinco siete", "número de pedido AC-457"),
        ("mi placa es a b c uno dos tres", "mi placa es ABC123"),
        ("la matrícula es uno dos tres cuatro b c d", "la matrícula es 1234BCD"),
        ("asiento catorce c", "asiento 14C"),
        ("versión dos punto cinco", "versión 2.5"),
        ("código postal cero ocho cero uno cinco", "código postal 08015"),
        ("el código es uno de esos", "el código es uno de esos"),
        ("tiene dos ceros cinco", "tiene 005"),
        ("número de serie equis ka nueve nueve dos be siete", "número de serie XK992B7"),
        ("termina en cuatro cuatro cuatro dos", "termina en 4442"),
        ("apartamento cuatro b", "apartamento 4B"),
    ],
)
def test_numbers_that_name_something(said, wanted):
    assert written(said, "es") == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("mi apellido es ge a erre ce i a", "mi apellido es G-A-R-C-I-A"),
        ("me llamo ana a ene a", "me llamo ana A-N-A"),
        ("doble ele a ene o ese", "LL-A-N-O-S"),
        ("la be de burro", "la B de burro"),
        ("a be ce", "A B C"),
        ("mi de ene i", "mi DNI"),
        ("se escribe con ve de vaca", "se escribe con V de vaca"),
        ("equis i eme e ene a", "X-I-M-E-N-A"),
    ],
)
def test_spelled_words(said, wanted):
    assert written(said, "es") == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("doce dólares con cincuenta centavos", "$12,50"),
        ("cuesta mil euros", "cuesta €1000"),
        ("dos euros con cincuenta", "€2,50"),
        ("ochenta céntimos", "€0,80"),
        ("tres coma cinco millones de pesos", "$3,5 millones"),
        ("cien pesos mexicanos", "Mex$100"),
        ("veinte libras esterlinas", "£20"),
        ("cincuenta soles", "S/50"),
        ("cuesta nueve noventa y nueve", "cuesta 9,99"),
        ("diez dólares y dos personas", "$10 y dos personas"),
        ("un peso de encima", "un peso de encima"),
        ("entre cuarenta y cincuenta dólares", "entre $40 y $50"),
        ("cuarenta o cincuenta euros", "€40 o €50"),
        ("diecinueve con noventa y nueve", "19,99"),
        ("cinco mil millones de dólares", "$5000 millones"),
        ("un colon irritable", "un colon irritable"),
    ],
)
def test_money(said, wanted):
    assert written(said, "es") == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("el quince de marzo de dos mil veinticinco", "el 15 de marzo de 2025"),
        ("el primero de mayo", "el 1 de mayo"),
        ("el uno de mayo", "el 1 de mayo"),
        ("nací el tres de julio del ochenta y dos", "nací el 3 de julio del 82"),
        ("del tres al cinco de mayo", "del 3 al 5 de mayo"),
        ("nací el quince del tres de mil novecientos ochenta y cinco", "nací el 15/3/1985"),
        ("nací el doce del cinco noventa", "nací el 12/5/90"),
        ("quince barra tres barra dos mil veinte", "15/3/2020"),
        ("quinientos antes de cristo", "500 a. C."),
        ("vence el cero cuatro del veintisiete", "vence el 04/27"),
        ("entre el cinco y el diez de junio", "entre el 5 y el 10 de junio"),
        ("en enero de dos mil veinte", "en enero de 2020"),
        ("nací el cero cinco del cero tres del ochenta", "nací el 5/3/80"),
    ],
)
def test_dates(said, wanted):
    assert written(said, "es") == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("a las tres de la tarde", "a las 3:00 p.m."),
        ("a las diez y media de la mañana", "a las 10:30 a.m."),
        ("a la una y cuarto", "a la 1:15"),
        ("las ocho menos diez", "las 7:50"),
        ("son las doce en punto", "son las 12:00"),
        ("a las doce de la noche", "a las 12:00 a.m."),
        ("a las veinte treinta", "a las 20:30"),
        ("a las quince horas", "a las 15:00"),
        ("son cuarto para las tres", "son las 2:45"),
        ("son las dos menos cuarto", "es la 1:45"),
        ("son las dos menos diez de la tarde", "es la 1:50 p.m."),
        ("eran las dos menos veinticinco", "era la 1:35"),
        ("serán las dos menos diez", "será la 1:50"),
        ("son diez para las dos", "es la 1:50"),
        ("es la una menos cuarto", "son las 12:45"),
        ("era un cuarto para las tres", "eran las 2:45"),
        ("era cuarto para las dos", "era la 1:45"),
        ("a las dos menos cuarto", "a la 1:45"),
        ("son las dos", "son las dos"),
        ("son las tres menos cuarto", "son las 2:45"),
        ("somos cinco para las ocho", "somos cinco para las ocho"),
        ("faltan diez para las doce", "faltan 10 para las 12"),
        ("a las nueve a eme", "a las 9:00 a.m."),
        ("a las siete y cinco", "a las 7:05"),
        ("las cero menos cinco", "las 23:55"),
        ("a las nueve g m t menos tres", "a las 9:00 GMT-3"),
        ("las veinticuatro horas del día", "las 24 horas del día"),
        ("de dos a tres de la tarde", "de 2:00 a 3:00 p.m."),
        ("quiero un cuarto para las dos", "quiero un cuarto para las dos"),
        ("entre las dos y las tres", "entre las dos y las tres"),
        ("a las ocho cero cinco", "a las 8:05"),
        ("cierra a las veintidós horas", "cierra a las 22:00"),
    ],
)
def test_times(said, wanted):
    assert written(said, "es") == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("el veinte por ciento", "el 20 %"),
        ("uno por ciento", "1 %"),
        ("cien por cien", "100 %"),
        ("cero coma cinco porciento", "0,5 %"),
        ("cinco kilos de papas", "5 kg de papas"),
        ("ochenta kilómetros por hora", "80 km/h"),
        ("cincuenta metros cuadrados", "50 m²"),
        ("treinta y siete coma cinco grados centígrados", "37,5 °C"),
        ("menos cinco grados", "-5 grados"),
        ("en cinco minutos", "en 5 minutos"),
        ("cinco a diez minutos", "5 a 10 minutos"),
        ("dos horas y media", "2 horas y media"),
        ("mide un metro ochenta", "mide 1,80 m"),
        ("tres días", "tres días"),
        ("treinta días", "30 días"),
        ("dos kilos y medio de carne", "2 1/2 kg de carne"),
        ("veinte grados bajo cero", "20 grados bajo cero"),
        ("seis pies dos pulgadas", "6 pies 2 pulgadas"),
    ],
)
def test_measures(said, wanted):
    assert written(said, "es") == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("mi correo es juan punto pérez arroba gmail punto com", "mi correo es juan.perez@gmail.com"),
        (
            "es maría garcía ochenta y cinco arroba hotmail punto es gracias",
            "es mariagarcia85@hotmail.es gracias",
        ),
        (
            "escríbame a ventas arroba mi guion empresa punto com punto mx",
            "escríbame a ventas@mi-empresa.com.mx",
        ),
        ("lopez guion bajo uno arroba outlook punto com", "lopez_1@outlook.com"),
        ("jota ge arroba te ele punto es", "jg@tl.es"),
        ("pedro arroba gmail punto com y mi teléfono es otro", "pedro@gmail.com y mi teléfono es otro"),
        ("visite www punto ejemplo punto com barra ayuda", "visite www.ejemplo.com/ayuda"),
        ("uve doble uve doble uve doble punto ejemplo punto es", "www.ejemplo.es"),
        ("hache te te pe dos puntos barra barra ejemplo punto org", "http://ejemplo.org"),
        ("la página es ejemplo punto com", "la página es ejemplo.com"),
        ("diez punto cero punto cero punto uno", "10.0.0.1"),
        ("el email es soporte arroba mi banco punto com", "el email es soporte@mibanco.com"),
        ("pedro guion lopez arroba yahoo punto es", "pedro-lopez@yahoo.es"),
        ("visite banco punto com punto mx barra promociones", "visite banco.com.mx/promociones"),
        ("compré una arroba de carne", "compré una arroba de carne"),
        (
            "uve doble uve doble uve doble punto banco punto com punto co barra a b c barra uno",
            "www.banco.com.co/abc/1",
        ),
        ("triple doble ve punto ejemplo punto org", "www.ejemplo.org"),
    ],
)
def test_addresses_of_the_web(said, wanted):
    assert written(said, "es") == wanted


@pytest.mark.parametrize(
    "said",
    [
        "un momento",
        "uno de ellos",
        "la una persona",
        "segundo intento",
        "por ciento de veces",
        "un momento por favor",
        "una cosa más",
        "cada uno tiene lo suyo",
        "uno nunca sabe",
        "dos cosas",
        "las dos personas",
        "las tres hermanas",
        "la una y la otra",
        "las dos y tres más",
        "primero que nada",
        "en primer lugar",
        "la segunda vez",
        "el tercer piso",
        "cuarto de baño",
        "un cuarto",
        "media hora",
        "espere media hora",
        "una hora",
        "mil gracias",
        "más o menos",
        "menos mal",
        "al menos dos",
        "por lo menos uno",
        "todos menos dos",
        "doble sentido",
        "doble click",
        "el punto es que no",
        "punto de vista",
        "a este punto",
        "punto y aparte",
        "en punto",
        "coma algo",
        "la coma va aquí",
        "de a poco",
        "te ve",
        "y a ti te digo",
        "a e i o u",
        "o sea que ese es",
        "te doy",
        "y yo a ti",
        "de te",
        "la a",
        "la be",
        "ve a casa",
        "ese de ahí",
        "que te ve de lejos",
        "siglo pasado",
        "un peso enorme",
        "el otro uno",
        "ni uno ni otro",
        "medio",
        "a medias",
        "quinto elemento",
        "un segundo",
        "dame un segundo",
        "unos segundos",
        "mayo pasado",
        "marzo y abril",
        "el mes de enero",
        "uno a uno",
        "uno por uno",
        "dos por tres",
        "dos y dos",
        "me da uno o dos",
        "la tarde de ayer",
        "las noches",
        "es la una",
        "a la una",
        "a las dos",
        "las cinco",
        "guion bajo",
        "barra libre",
        "la barra de pan",
        "arroba",
        "punto com",
        "una arroba de carne",
        "el signo igual",
        "raya baja",
        "cero problemas",
        "siete vidas",
        "y dos más",
        "número uno",
        "es mi número uno",
        "el código es uno de esos",
        "la primera y la segunda",
        "primero vamos a ver",
        "tercero en discordia",
        "una décima",
        "millones de veces",
        "miles de personas",
        "cientos de cosas",
        "muchos millones",
        "qué te dije",
        "no se oye",
        "sí señor",
        "a la de tres",
        "el doble de eso",
        "doble o nada",
        "triple salto",
        "libra por libra",
        "me quitaste un peso de encima",
        "de dos en dos",
        "uno más uno",
        "todos a una",
        "a las mil maravillas",
        "a be",
        "con la uve",
    ],
)
def test_words_that_stay(said):
    assert written(said, "es") == said
    assert all(token.kind == "word" for token in write(spoken(said), LANGUAGES["es"]))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("seis uno dos tres cuatro cinco seis siete ocho", "phone"),
        ("cinco euros", "money"),
        ("dos de junio", "date"),
        ("la una y media", "time"),
        ("dos por ciento", "percent"),
        ("dos kilos", "measure"),
        ("vigésimo primero", "ordinal"),
        ("veintiuno", "number"),
        ("ana arroba ejemplo punto com", "email"),
        ("ejemplo punto com", "url"),
        ("diez punto cero punto cero punto uno", "ip"),
        ("ge a erre ce i a", "spelled"),
    ],
)
def test_a_token_says_what_it_is(said, kind):
    (token,) = write(spoken(said), LANGUAGES["es"])
    assert token.kind == kind


@pytest.mark.parametrize(
    ("said", "usual", "spain", "mexico", "united_states"),
    [
        ("doce euros con cincuenta", "€12,50", "12,50 €", "€12.50", "€12.50"),
        ("menos cinco dólares", "-$5", "-5 $", "-$5", "-$5"),
        ("cuesta nueve noventa", "cuesta 9,90", "cuesta 9,90", "cuesta 9.90", "cuesta 9.90"),
        ("seis uno dos tres cuatro cinco seis siete ocho", "612-345-678", "612 345 678", "612 345 678",
         "612-345-678"),
        ("cinco cinco uno dos tres cuatro cinco seis siete ocho", "551-234-5678", "551 234 5678",
         "55 1234 5678", "551-234-5678"),
        ("tres coma uno", "3,1", "3,1", "3,1", "3,1"),
        ("tres punto uno", "3.1", "3.1", "3.1", "3.1"),
    ],
)  # fmt: skip
def test_regions_differ_in_money_and_telephone_numbers(said, usual, spain, mexico, united_states):
    codes = ("es", "es-ES", "es-MX", "es-US")
    assert tuple(written(said, code) for code in codes) == (usual, spain, mexico, united_states)


def test_accents_may_be_missing_or_in_pieces():
    assert written("veintitres dolares", "es") == "$23"
    assert written("veintitre\u0301s do\u0301lares", "es") == "$23"


def test_a_number_goes_on_after_a_pause():
    first = spoken("seis uno dos")
    second = spoken("tres cuatro cinco seis siete ocho", start=3 + 2 * SENTENCE_PAUSE)
    assert text_of(write([*first, *second], LANGUAGES["es"])) == "612-345-678"


def test_a_number_that_is_read_out_may_go_on():
    assert in_number(spoken("mi número es seis veintitrés"), LANGUAGES["es"])
    assert not in_number(spoken("un momento"), LANGUAGES["es"])
