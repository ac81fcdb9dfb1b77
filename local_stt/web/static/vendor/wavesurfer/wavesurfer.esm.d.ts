// The parts of wavesurfer.js that the page uses.  Browsers never load this file.

export interface Colours {
  cursorColor: string;
  splitChannels: { waveColor: string; progressColor: string }[];
}

export interface Options extends Colours {
  container: HTMLElement;
  media: HTMLMediaElement;
  peaks: number[][];
  duration: number;
  height: number;
  barWidth: number;
  barGap: number;
  barRadius: number;
  barMinHeight: number;
  cursorWidth: number;
  dragToSeek: boolean;
  hideScrollbar: boolean;
  maxPeak: number;
  cspNonce: string;
}

export default class WaveSurfer {
  static create(options: Options): WaveSurfer;
  setOptions(options: Partial<Options>): void;
  destroy(): void;
}
