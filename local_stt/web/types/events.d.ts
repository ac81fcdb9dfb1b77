// Live events, as local_stt/events.py defines them.  All times are seconds on the call's clock.

type Seconds = number;

/** A recognized word; those of the API have milliseconds. */
export interface Word {
  text: string;
  start: Seconds;
  end: Seconds;
  confidence: number;
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
  "audio-set-aside": AudioSetAside;
  gap: Gap;
  digit: DigitPressed;
  "call-ended": CallEnded;
  /** Some events came too fast, or too long ago, to be repeated. */
  missed: Record<string, never>;
}

export type EventHandlers = { [Type in keyof LiveEvents]: (event: LiveEvents[Type]) => unknown };
