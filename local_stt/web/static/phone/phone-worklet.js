// @ts-check
// Resamples audio to 8 kHz by interpolation between two samples; higher frequencies are filtered out before.

class ToPhoneRate extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / 8000;
    this.position = 0; // of the next output, in input samples from the beginning of the current block
    this.last = 0; // sample of the block before
  }

  /** @param {Float32Array[][]} inputs */
  process([[input]]) {
    if (!input) return true;
    const output = [];
    for (; this.position < input.length; this.position += this.step) {
      const before = Math.floor(this.position);
      const left = before === 0 ? this.last : input[before - 1];
      output.push(left + (input[before] - left) * (this.position - before));
    }
    this.position -= input.length;
    this.last = input[input.length - 1];
    if (output.length) this.port.postMessage(output);
    return true;
  }
}

registerProcessor("to-phone-rate", ToPhoneRate);
