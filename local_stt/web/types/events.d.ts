// Live events, as local_stt/events.py defines them.  All times are seconds on the call's clock.

type Seconds = number;

/** A recognized word; those of the API have milliseconds. */
export interface Word {
  text: string;
  start: Seconds;
  end: Seconds;
  confidence: number;
}

/** A piece of a written text, and the positions of the words that it stands for. */
export interface Token {
  text: string;
  first: number;
  last: number;
  kind: string;
}

/** A part of an utterance whose words are redacted; those of the API have milliseconds. */
export interface Redaction {
  policy: string;
  start: Seconds;
  end: Seconds;
}

export interface CallStarted {
  call_id: string;
  tracks: string[];
  caller: string;
  callee: string;
  direction: string;
}

export interface PartialText {
  call_id: string;
  track: string;
  text: string;
  at: Seconds;
}

export interface FinalText {
  call_id: string;
  track: string;
  text: string;
  start: Seconds;
  end: Seconds;
  words: Word[];
  redactions: Redaction[];
}

/** The words of one speaker up to a pause; a later event of the same number replaces an earlier one. */
export interface Turn {
  call_id: string;
  track: string;
  turn_order: number;
  end_of_turn: boolean;
  turn_is_formatted: boolean;
  end_of_turn_confidence: number;
  text: string;
  formatted: string;
  start: Seconds;
  end: Seconds;
  words: Word[];
  tokens: Token[];
}

/** A word or phrase of one of the user's topics was said. */
export interface Alert {
  call_id: string;
  track: string;
  topic: string;
  phrase: string;
  start: Seconds;
  end: Seconds;
}

export interface AudioSetAside {
  call_id: string;
  track: string;
  start: Seconds;
  end: Seconds;
}

export interface Gap {
  call_id: string;
  start: Seconds;
  end: Seconds;
}

export interface DigitPressed {
  call_id: string;
  track: string;
  digit: string;
  at: Seconds;
}

export interface CallEnded {
  call_id: string;
  reason: string;
  seconds: Seconds;
  tracks: object[];
}

/** The events by their names on the wire. */
export interface LiveEvents {
  "call-started": CallStarted;
  partial: PartialText;
  final: FinalText;
  turn: Turn;
  alert: Alert;
  "audio-set-aside": AudioSetAside;
  gap: Gap;
  digit: DigitPressed;
  "call-ended": CallEnded;
  /** Some events came too fast, or too long ago, to be repeated. */
  missed: Record<string, never>;
  /** Live events do not arrive for a while; calls go on and are kept. */
  interrupted: Record<string, never>;
  /** Live events arrive again, with those of the meantime. */
  resumed: Record<string, never>;
}

/** What a page does with each event. */
export type EventHandlers = {
  [Type in keyof LiveEvents]: (event: LiveEvents[Type]) => unknown;
};
