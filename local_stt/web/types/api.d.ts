// The answers of the API, as local_stt/api/schemas.py describes them.  Browsers never load this file.

type Milliseconds = number;

/** Milliseconds since 1970, UTC. */
type Timestamp = number;

/** Which text: that of the live call, of the second pass, with corrections, or the last of these there is. */
export type EditionChoice = "best" | "live" | "second" | "edited";

export type Badge = Call["badges"][number];

export type ExportFormat = "txt" | "docx" | "json" | "srt" | "vtt";

/** The formats of several calls in a zip. */
export type ZipFormat = ExportFormat | "wav";

export interface Word {
  text: string;
  start: Milliseconds;
  end: Milliseconds;
  confidence: number;
  speaker: string;
}

export interface Token {
  text: string;
  first: number;
  last: number;
  kind: string;
}

export interface Redaction {
  policy: string;
  start: Milliseconds;
  end: Milliseconds;
}

export interface Utterance {
  speaker: string;
  track: string;
  text: string;
  formatted: string;
  start: Milliseconds;
  end: Milliseconds;
  confidence: number;
  words: Word[];
  tokens: Token[];
  redactions: Redaction[];
  kind: "speech" | "digit" | "gap" | "audio-set-aside";
}

export interface Utterances {
  utterances: Utterance[];
}

export interface Call {
  call_id: string;
  state: "live" | "ended" | "deleted";
  direction: string;
  caller: string;
  callee: string;
  started_at: Timestamp;
  ended_at: Timestamp | null;
  duration: Milliseconds;
  reason: string;
  model: string;
  tracks: string[];
  statistics: object[];
  deleted_at: Timestamp | null;
  recorded: boolean;
  second_pass: "" | "wanted" | "done" | "failed";
  second_model: string;
  edition: "live" | "second" | "edited";
  text_model: string;
  caller_name: string;
  callee_name: string;
  opening: string;
  badges: ("recorded" | "voicemail" | "file" | "alert" | "gap" | "second-pass" | "redacted" | "edited")[];
  topics: string[];
  note: string;
  tags: string[];
  speakers: Record<string, string>;
  edited_at: Timestamp | null;
}

/** A call in a list, and what was searched for on it. */
export interface ListedCall extends Call {
  matches: Match[];
  match_count: number;
}

export interface CallPage {
  calls: ListedCall[];
  next: string | null;
  total: number | null;
}

export interface Labels {
  topics: string[];
  tags: string[];
  keeps: boolean;
}

/** What `PATCH` of a call replaces. */
export interface Annotations {
  note: string;
  tags: string[];
  speakers: Record<string, string>;
}

/** Words to correct, by the times of the first and the last; `before` is how they were shown. */
export interface CorrectionOrder {
  track: string;
  start: Milliseconds;
  end: Milliseconds;
  text: string;
  before: string | null;
}

export interface Correction {
  at: Timestamp;
  track: string;
  start: Milliseconds;
  end: Milliseconds;
  before: string;
  after: string;
}

export interface Corrections {
  corrections: Correction[];
}

export interface Corrected {
  call: Call;
  utterance: Utterance | null;
}

export interface LiveCall {
  call_id: string;
  caller: string;
  callee: string;
  tracks: string[];
  started_at: Timestamp;
}

export interface LiveCalls {
  calls: LiveCall[];
  kept: boolean;
  interrupted: boolean;
}

export interface Match {
  call_id: string;
  started_at: Timestamp;
  caller: string;
  callee: string;
  speaker: string;
  track: string;
  start: Milliseconds;
  end: Milliseconds;
  text: string;
  marks: [number, number][];
  formatted: string;
  formatted_marks: [number, number][];
}

export interface Matches {
  matches: Match[];
}

export interface Peaks {
  speaker: string;
  peaks: number[];
}

export interface Waveform {
  duration: Milliseconds;
  channels: Peaks[];
}

export interface Dialing {
  number: string | null;
  left: number;
}

export interface Placed {
  call_id: string;
  status: string;
}

export interface Uploading {
  most_bytes: number;
}

export interface Upload {
  id: string;
  name: string;
  state: "queued" | "working" | "done" | "failed";
  share: number;
  call_id: string | null;
  error: string | null;
  note: string | null;
}

export interface Contact {
  number: string;
  name: string;
}

export interface Contacts {
  contacts: Contact[];
}

export interface Imported {
  added: number;
  changed: number;
  skipped: string[];
}

export interface ModelInUse {
  name: string;
  is_demo: boolean;
  language: string;
  second: string;
}

export interface Capacity {
  calls: number;
  in_use: number;
  share: number;
}

export interface Lag {
  milliseconds: number;
}

export interface NumberInUse {
  number: string;
  name: string;
  handling: string;
  sentence: string;
}

export interface WebhookQueue {
  waiting: number;
  oldest_at: Timestamp | null;
  failed: number;
}

export interface JobCount {
  kind: string;
  waiting: number;
  running: number;
}

export interface Disk {
  free: number;
  used_by_calls: number;
  path_is_shared: boolean;
}

export interface Kept {
  calls: number;
  since: Timestamp | null;
}

export interface RefusedCalls {
  at: Timestamp;
  count: number;
  sentence: string;
}

export interface Host {
  name: string;
  calls: number;
  max_calls: number;
  is_draining: boolean;
}

export interface Step {
  name: string;
  is_done: boolean;
  is_optional: boolean;
  sentence: string;
  remedy: string;
}

export interface Status {
  model: ModelInUse;
  capacity: Capacity;
  lag: Lag | null;
  numbers: NumberInUse[];
  webhooks: WebhookQueue;
  jobs: JobCount[];
  disk: Disk;
  kept: Kept;
  busy: RefusedCalls[];
  hosts: Host[];
  setup: Step[];
}

export interface Assistant {
  is_available: boolean;
  model: string;
  address_host: string;
}

export interface AssistantAnswer {
  text: string;
  model: string;
}

/** A part of a call. */
export interface Interval {
  start: Milliseconds;
  end: Milliseconds;
}

export interface SpeakerInterval {
  start: Milliseconds;
  end: Milliseconds;
  speaker: string;
}

export interface SpeakerStatistics {
  speaker: string;
  track: string;
  talk_time: Milliseconds;
  talk_share: number;
  listen_share: number;
  words: number;
  words_per_minute: number;
  longest_monologue: Interval | null;
  interruptions: number;
}

export interface Statistics {
  speakers: SpeakerStatistics[];
  silences: Interval[];
  overlaps: Interval[];
  interruptions: SpeakerInterval[];
}

export interface KeyPhrase {
  start: Milliseconds;
  end: Milliseconds;
  text: string;
  rank: number;
  places: SpeakerInterval[];
}

export interface KeySentence {
  start: Milliseconds;
  end: Milliseconds;
  speaker: string;
  text: string;
  rank: number;
}

export interface Entity {
  start: Milliseconds;
  end: Milliseconds;
  speaker: string;
  policy: string;
  text: string;
  is_redacted: boolean;
}

export interface SpeakerMood {
  speaker: string;
  mood: "positive" | "neutral" | "negative";
  score: number;
}

export interface Feeling {
  start: Milliseconds;
  end: Milliseconds;
  speaker: string;
  text: string;
  mood: "positive" | "neutral" | "negative";
  score: number;
}

export interface Sentiment {
  speakers: SpeakerMood[];
  sentences: Feeling[];
}

export interface FoundAlert {
  start: Milliseconds;
  end: Milliseconds;
  speaker: string;
  topic: string;
  phrase: string;
}

export interface Analysis {
  statistics: Statistics;
  key_phrases: KeyPhrase[];
  key_sentences: KeySentence[];
  entities: Entity[];
  sentiment: Sentiment | null;
  alerts: FoundAlert[];
}
