"""Numbers and codes after a word that says what they are: `habitación 402`, `vuelo IB3204`, `marque 1`."""

from ..matching import Match, Said
from .letters import read_code
from .numbers import DIGITS, NUMBER_WORDS
from .phone import IDENTITIES, long_number
from .read_out import is_read_out, plain

KEYS = frozenset(
    "marque marca marcar pulse pulsa pulsar oprima oprime presione presiona digite teclee".split()
)
"""What is said before a key of a telephone"""
NAMES = KEYS | frozenset(
    "habitacion puerta piso planta apartamento departamento oficina extension vuelo pagina capitulo "
    "opcion codigo pin linea ruta anden asiento fila caja nivel version talla articulo temporada "
    "episodio sala aula carretera kilometro portal bloque apartado numero anexo interno terminal modulo "
    "lote inciso parrafo seccion etapa local".split()
)
"""Words before a number that is written in digits"""
NUMBERED = NAMES | frozenset(
    "cuenta tarjeta clave contraseña pedido referencia placa patente factura confirmacion poliza reserva "
    "dni nif nie documento pasaporte cedula expediente ticket serie rastreo seguimiento matricula orden "
    "cliente socio contrato folio licencia boleto identificacion empleado paciente casa calle postal".split()
)
"""Words before `número`, `es` or `termina en`"""
BETWEEN = frozenset(
    "numero numeros num es son el la los las de del mi su codigo postal digitos termina terminada "
    "terminado acaba en cliente cuenta".split()
)
"""What may be between a label and its number"""
COUNTED = frozenset(
    "veces de del o y mas personas cosas cada por a minutos minuto segundos horas dias años meses".split()
)
"""Words after a number that counts something"""
LOOSE = frozenset(("de", "del", "mi", "su"))
"""Words after which no number follows at once"""


def labelled(said: Said, at: int) -> Match | None:
    """Write the number or the code after a label."""
    if said[at] in ("un", "una"):
        return None
    if _is_next_key(said, at):
        return Match(str(DIGITS[said[at]]), at + 1, "number")
    direct = said[at - 1] in NAMES or (said[at - 1] == "el" and said[at - 2] in KEYS)
    if not direct and not _is_label(said, at):
        return None
    found = read_code(said, at)
    if found and found.is_mixed:
        return Match(found.text, found.end, "number")
    number = plain(said, at)
    if not number or not _names(said, at, number.end, number.digits, direct=direct):
        return None
    if is_read_out(said, at, number):
        return long_number(said, at, number)
    return Match(number.text, number.end, "number")


def _is_next_key(said: Said, at: int) -> bool:
    """Tell whether a digit is another key to press, as in `marque uno o dos`."""
    is_next = said[at - 1] in ("y", "o") and (said[at + 1] == "para" or said[at - 2] in DIGITS)
    return is_next and said[at] in DIGITS and bool(KEYS.intersection(said.before(at, 12)))


def _is_label(said: Said, at: int) -> bool:
    """Tell whether a label stands before words that may be between it and its number."""
    label = at - 1
    while said[label] in BETWEEN and at - label < 5:
        label -= 1
    is_known = said[label] in NUMBERED or said.before(label + 1, 3) in IDENTITIES
    return is_known and said[at - 1] not in LOOSE


def _names(said: Said, at: int, end: int, digits: str, *, direct: bool) -> bool:
    """Tell whether a number names something, rather than counts it or is a pronoun."""
    if said[end] in NUMBER_WORDS or said[end] in ("coma", "punto"):
        return False
    is_choice = said[end] == "o" and bool(KEYS.intersection(said.before(at, 2)))
    if said[end] in COUNTED and not is_choice and len(digits) < 3:
        return False
    if said[at] == "uno" and end == at + 1 and said[at - 1] == "numero":
        return False
    return direct or len(digits) >= 2
