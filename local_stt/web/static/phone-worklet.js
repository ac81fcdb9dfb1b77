// Brings audio, already free of what a telephone cannot carry, to 8 kHz between two samples.

class ToPhoneRate extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / 8000;
    this.at = 0; // of the next output, in input samples from the current block on
    this.last = 0;
  }

  process([[input]]) {
    if (!input) return true;
    const output = [];
    for (; this.at < input.length; this.at += this.step) {
      const before = Math.floor(this.at);
      const left = before === 0 ? this.last : input[before - 1];
      output.push(left + (input[before] - left) * (this.at - before));
    }
    this.at -= input.length;
    this.last = input[input.length - 1];
    if (output.length) this.port.postMessage(output);
    return true;
  }
}

registerProcessor("to-phone-rate", ToPhoneRate);
