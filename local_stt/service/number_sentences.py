"""Say in a sentence what the callers of a number get."""

from ..config.phonebook import HANG_UP, CallHandling, Phone


def sentence_of(phone: Phone) -> str:
    """Return the sentence for a number with these settings."""
    greeting = "Callers hear the greeting" if phone.spoken_greeting else "Callers hear no greeting"
    recorded = " and recorded" if phone.record else ""
    heard = f"are transcribed{recorded}"
    match phone.answer:
        case CallHandling.LISTEN:
            return f"{greeting}, and {heard} until they hang up."
        case CallHandling.VOICEMAIL:
            return f"{greeting}, are asked for a message, and {heard} until they hang up."
        case CallHandling.CONFERENCE:
            return f"{greeting}, meet in the room {phone.conference}, and {heard}."
        case CallHandling.FORWARD:
            otherwise = "the call ends" if phone.no_answer == HANG_UP else "they are asked for a message"
            return (
                f"{greeting}, are forwarded to {phone.forward_to}, and {heard}. "
                f"If nobody answers within {phone.ring_seconds} s, {otherwise}."
            )
