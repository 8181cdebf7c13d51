/*
 * WebAssembly from its instructions, as far as the loops of this folder need them. An expression is the bytes that leave
 * its value on the stack, so that what takes values is written around what gives them.
 */

/** Bytes of instructions. */
export type Code = readonly number[];

export const [I32, F64, V128] = [0x7f, 0x7c, 0x7b];
/** A block that gives nothing. */
const NOTHING = 0x40;

/** A whole number ≥ 0 as the format writes it (LEB128). */
const size = (count: number): number[] => (count < 128 ? [count] : [(count & 127) | 128, ...size(count >> 7)]);
const signed = (value: number): number[] => (value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)]);

const one = (code: number) => (value: Code): Code => [...value, code];
const two = (code: number) => (a: Code, b: Code): Code => [...a, ...b, code];
const vector = (code: number): number[] => [0xfd, ...size(code)];
const oneVector = (code: number) => (value: Code): Code => [...value, ...vector(code)];
const twoVectors = (code: number) => (a: Code, b: Code): Code => [...a, ...b, ...vector(code)];

/** Whole numbers of 32 bits; `less` takes them as ≥ 0. */
export const whole = {
  of: (value: number): Code => [0x41, ...signed(value)],
  equal: two(0x46), less: two(0x49), more: two(0x4b), plus: two(0x6a), minus: two(0x6b), times: two(0x6c), and: two(0x71),
  /** Of a double, what is behind the point cut off. */
  from: one(0xaa),
  load: (address: Code, offset = 0): Code => [...address, 0x28, 2, ...size(offset)],
};

/** Doubles. */
export const real = {
  of: (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
  equal: two(0x61), more: two(0x64), atMost: two(0x65),
  size: one(0x99), negative: one(0x9a), root: one(0x9f),
  plus: two(0xa0), minus: two(0xa1), times: two(0xa2), over: two(0xa3), larger: two(0xa5), signedAs: two(0xa6),
  cut: one(0x9d),
  /** 2 to a whole number, −1022 … 1023. */
  powerOfTwo: (exponent: Code): Code => [...whole.plus(exponent, whole.of(1023)), 0xac, 0x42, 52, 0x86, 0xbf],
  load: (address: Code, offset = 0): Code => [...address, 0x2b, 3, ...size(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0x39, 3, ...size(offset)],
};

/** Two doubles. */
export const both = {
  of: oneVector(0x14), minus: twoVectors(0xf1), times: twoVectors(0xf2), over: twoVectors(0xf3),
  load: (address: Code, offset = 0): Code => [...address, ...vector(0x00), 3, ...size(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...vector(0x0b), 3, ...size(offset)],
};

/** Four whole numbers. */
export const four = {
  of: (address: Code): Code => [...address, ...vector(0x09), 2, 0],
  load: (address: Code): Code => [...address, ...vector(0x00), 2, 0],
  store: (address: Code, value: Code): Code => [...address, ...value, ...vector(0x0b), 2, 0],
  differing: twoVectors(0x51), plus: twoVectors(0xae), minus: twoVectors(0xb1),
  /** In each, how many bits are set: counted in bytes, which are added up in twos. */
  ones: (value: Code): Code => [...value, ...vector(0x62), ...vector(0x7d), ...vector(0x7f)],
  /** The first two as doubles. */
  real: oneVector(0xfe),
  /** The last two in the place of the first. */
  later: (value: Code): Code => [...value, ...value, ...vector(0x0d), ...Array.from({ length: 16 }, (_, byte) => 8 + (byte % 8))],
};

/** Sets a local, given as its reading. */
export const set = (local: Code, value: Code): Code => [...value, 0x21, ...local.slice(1)];
/** So many bytes from one address to another. */
export const copy = (to: Code, from: Code, bytes: Code): Code => [...to, ...from, ...bytes, 0xfc, 10, 0, 0];
export const advance = (local: Code, by: number): Code => set(local, whole.plus(local, whole.of(by)));
export const when = (condition: Code, then: Code, otherwise: Code = []): Code => [
  ...condition, 0x04, NOTHING, ...then, ...(otherwise.length > 0 ? [0x05, ...otherwise] : []), 0x0b,
];
/** At least once. */
export const repeatWhile = (body: Code, condition: Code): Code => [0x03, NOTHING, ...body, ...condition, 0x0d, 0, 0x0b];

const section = (id: number, entries: readonly Code[]): number[] => {
  const bytes = [...size(entries.length), ...entries.flat()];
  return [id, ...size(bytes.length), ...bytes];
};
const name = (text: string): number[] => [text.length, ...Array.from(text, (letter) => letter.charCodeAt(0))];

type Call = (...values: readonly Code[]) => Code;
type Locals = Readonly<Record<string, number>>;

/** Routines over one memory, `heap.memory`, and the functions of JavaScript that they call. What is called comes first. */
export class Program {
  readonly #types: Code[] = [];
  readonly #imports: Code[] = [];
  readonly #routines: { name: string; code: Code }[] = [];

  /** A function from one double to another, to be given as `heap[name]`. */
  borrow(named: string): Call {
    this.#imports.push([...name('heap'), ...name(named), 0, this.#types.length]);
    return this.#callable([0x60, 1, F64, 1, F64]);
  }

  /** @param takes its values, by name, and after them `uses`, other locals, with their types; `body` is given the reading of each */
  add<T extends Locals, U extends Locals>(named: string, takes: T, uses: U, body: (locals: Record<keyof T | keyof U, Code>) => Code, gives: readonly number[] = []): Call {
    const names = [...Object.keys(takes), ...Object.keys(uses)];
    const locals = Object.fromEntries(names.map((local, at) => [local, [0x20, ...size(at)]])) as unknown as Record<keyof T | keyof U, Code>;
    const used = Object.values(uses);
    const code = [...size(used.length), ...used.flatMap((type) => [1, type]), ...body(locals), 0x0b];
    this.#routines.push({ name: named, code: [...size(code.length), ...code] });
    const taken = Object.values(takes);
    return this.#callable([0x60, taken.length, ...taken, gives.length, ...gives]);
  }

  bytes(): Uint8Array {
    const first = this.#imports.length;
    return Uint8Array.from([
      ...name('\0asm').slice(1), 1, 0, 0, 0,
      ...section(1, this.#types),
      ...section(2, [...this.#imports, [...name('heap'), ...name('memory'), 2, 0, 1]]),
      ...section(3, this.#routines.map((_, at) => size(first + at))),
      ...section(7, this.#routines.map((routine, at) => [...name(routine.name), 0, ...size(first + at)])),
      ...section(10, this.#routines.map(({ code }) => code)),
    ]);
  }

  #callable(type: Code): Call {
    const index = this.#types.push(type) - 1;
    return (...values) => [...values.flat(), 0x10, ...size(index)];
  }
}
