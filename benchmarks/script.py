"""What is said: sentences made of words that every English model knows, the embedded one too."""

CALLER, CALLEE = "inbound", "outbound"

TURNS = (
    (CALLEE, "thank you for calling the hotel reception, how can i help you?"),
    (CALLER, "hello, i would like to change my reservation for the second week of march."),
    (CALLEE, "of course, could you give me your name and your reference number please?"),
    (CALLER, "my name is helen walker and the number is five two nine, four one six."),
    (CALLEE, "thank you, i have your reservation, one room from monday to thursday."),
    (CALLER, "yes, and we want to arrive on tuesday the tenth, and leave on friday morning."),
    (CALLEE, "let me see what is available, one moment please."),
    (CALLER, "we need a quiet room with a window on the garage."),
    (CALLEE, "i am sorry, the price would be ninety dollars a room."),
    (CALLER, "that is right, and is there a restaurant in the hotel?"),
    (CALLEE, "yes, the kitchen is open every evening from six to ten thirty."),
    (CALLER, "good, could you send me the invoice, it is for the insurance."),
    (CALLEE, "i will send it today, what is the address please?"),
    (CALLER, "it is forty seven baker street, london, the address on my account."),
    (CALLEE, "i have a problem with the payment, your card was cancelled in december."),
    (CALLER, "oh, my card is lost, i will call you again tomorrow with the number."),
    (CALLEE, "that is fine, we are open from eight in the morning to nine in the evening."),
    (CALLER, "is it possible to park the car, and where is the train to the airport?"),
    (CALLEE, "there is a bus to the airport station, it leaves every twenty minutes."),
    (CALLER, "perfect, thank you very much for your help, you are very good."),
    (CALLEE, "is there some important message for the manager, can i confirm your order?"),
    (CALLER, "please repeat the days, i think i have the wrong date."),
    (CALLEE, "tuesday march tenth to friday march thirteenth, a quiet room with a window."),
    (CALLER, "that is exactly what we want, have a nice day, goodbye."),
)
"""Who says what, in turn; the punctuation tells a voice where to breathe"""


def words(sentence: str) -> list[str]:
    """The words of a sentence as a recognizer writes them."""
    return sentence.replace(",", " ").replace(".", " ").replace("?", " ").split()
