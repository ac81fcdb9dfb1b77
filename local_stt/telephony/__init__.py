"""Everything that is Twilio's except its media: TwiML, signatures, the account and its numbers."""
