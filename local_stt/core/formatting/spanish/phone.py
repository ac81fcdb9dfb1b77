"""Telephone, card and other long numbers that are read out."""

from ..matching import Match, Said
from ..spoken import ReadOut
from ..telephone import in_groups, international
from .read_out import is_read_out, plain, read_out

PHONE_CUES = frozenset("telefono telefonos movil celular fax numero fijo llamame llameme contacto".split())
OTHER_CUES = frozenset(
    "cuenta tarjeta codigo pin clave contraseña pedido referencia factura confirmacion poliza reserva "
    "dni nif nie documento pasaporte cedula identidad rfc curp postal seguridad expediente ticket serie "
    "rastreo seguimiento matricula orden cliente socio contrato folio nomina ruta iban clabe licencia "
    "identificacion empleado paciente reclamo boleto seguro social".split()
)
"""Words before numbers that are no telephone numbers"""
IDENTITIES = (("de", "ene", "i"), ("d", "n", "i"))
"""Spelled words before the numbers of identity cards"""
GROUPS = {7: (3, 4), 8: (4, 4), 9: (3, 3, 3), 10: (3, 3, 4)}
"""Groups of telephone numbers of this many digits"""
LONG_GROUPS = {"0": (4, 3, 4), "1": (1, 3, 3, 4)}
"""Groups of telephone numbers of eleven digits, by the first"""
WITH_SPACES = frozenset(("ES", "MX"))
"""Regions whose telephone numbers have spaces between groups"""
EXTENSIONS = frozenset(("extension", "ext", "interno", "anexo"))


def with_country_code(said: Said, at: int) -> Match | None:
    """Write `más cincuenta y cuatro uno ...` as `+54 11 ...`."""
    spoken = read_out(said, at + 1) if said[at] == "mas" else None
    if not spoken or not 8 <= len(spoken.digits) <= 15 or spoken.digits[0] == "0":
        return None
    return _with_extension(said, Match(international(spoken.digits), spoken.end, "phone"))


def digits(said: Said, at: int) -> Match | None:
    """Write a number that is read out digit by digit or in pairs."""
    spoken = read_out(said, at)
    if not spoken or not is_read_out(said, at, spoken):
        return None
    return long_number(said, at, spoken)


def long_number(said: Said, at: int, spoken: ReadOut) -> Match:
    """Divide a number as numbers of its kind and length are divided."""
    number, cues = spoken.digits, said.before(at, 7)
    if len(number) == 16:
        return Match(in_groups(number, 4, 4, 4, 4), spoken.end, "card")
    if len(number) == 9 and "social" in cues:
        return Match(in_groups(number, 3, 2, 4, separator="-"), spoken.end, "number")
    groups = _groups(number, said.region)
    if groups and _is_phone(cues):
        separator = " " if said.region in WITH_SPACES else "-"
        return _with_extension(
            said, Match(in_groups(number, *groups, separator=separator), spoken.end, "phone")
        )
    return Match(spoken.text, spoken.end, "number")


def _is_phone(cues: tuple[str, ...]) -> bool:
    """Tell whether the words before a number name nothing else."""
    if any(cues[at : at + 3] in IDENTITIES for at in range(len(cues))):
        return False
    if OTHER_CUES.intersection(cues):
        nearest = next(word for word in reversed(cues) if word in OTHER_CUES or word in PHONE_CUES)
        return nearest in PHONE_CUES - {"numero"}
    return True


def _groups(number: str, region: str) -> tuple[int, ...] | None:
    """Return the sizes of groups; Mexico's largest cities have codes of two digits."""
    if len(number) == 11:
        return LONG_GROUPS.get(number[0])
    if region == "MX" and len(number) == 10 and number[:2] in ("33", "55", "56", "81"):
        return 2, 4, 4
    return GROUPS.get(len(number))


def _with_extension(said: Said, number: Match) -> Match:
    extension = plain(said, number.end + 1) if said[number.end] in EXTENSIONS else None
    return Match(f"{number.text} ext. {extension.digits}", extension.end, "phone") if extension else number
