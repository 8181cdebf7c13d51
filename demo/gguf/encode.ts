/*
 * GGUF, version 3: a header, metadata, tensor descriptions, padding, tensor data, all little endian (ggml's docs/gguf.md).
 */

/** A metadata value with its type: GGUF tells integers, floats and texts apart. */
export type Value =
  | { type: 'uint32' | 'float32'; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | { type: 'strings'; value: readonly string[] }
  | { type: 'int32s'; value: readonly number[] };

/** A tensor of float32. `shape` is as ggml has it: the extent that varies fastest comes first. */
export interface Tensor {
  name: string;
  shape: readonly number[];
  values: Float32Array;
}

const ALIGNMENT = 32;
const TYPE = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
/** Of a tensor's values. */
const F32 = 0;

const utf8 = new TextEncoder();

/** Bytes one after the other. */
class Writer {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  raw(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.length += bytes.length;
  }

  #number(size: number, set: (view: DataView) => void): void {
    const bytes = new Uint8Array(size);
    set(new DataView(bytes.buffer));
    this.raw(bytes);
  }

  uint32(value: number): void {
    this.#number(4, (view) => view.setUint32(0, value, true));
  }

  int32(value: number): void {
    this.#number(4, (view) => view.setInt32(0, value, true));
  }

  uint64(value: number): void {
    this.#number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  }

  float32(value: number): void {
    this.#number(4, (view) => view.setFloat32(0, value, true));
  }

  string(value: string): void {
    const bytes = utf8.encode(value);
    this.uint64(bytes.length);
    this.raw(bytes);
  }

  align(): void {
    this.raw(new Uint8Array(padding(this.length)));
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

function padding(length: number): number {
  return (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;
}

function writeArray<T>(out: Writer, type: number, values: readonly T[], write: (value: T) => void): void {
  out.uint32(TYPE.array);
  out.uint32(type);
  out.uint64(values.length);
  for (const value of values) write(value);
}

function writeValue(out: Writer, entry: Value): void {
  if (entry.type === 'strings') return writeArray(out, TYPE.string, entry.value, (value) => out.string(value));
  if (entry.type === 'int32s') return writeArray(out, TYPE.int32, entry.value, (value) => out.int32(value));
  out.uint32(TYPE[entry.type]);
  if (entry.type === 'string') out.string(entry.value);
  else if (entry.type === 'bool') out.raw(Uint8Array.of(Number(entry.value)));
  else if (entry.type === 'float32') out.float32(entry.value);
  else out.uint32(entry.value);
}

/**
 * A GGUF file of float32 tensors.
 * @throws RangeError for a tensor whose shape does not hold its values
 */
export function encodeGguf(metadata: Readonly<Record<string, Value>>, tensors: readonly Tensor[]): Uint8Array {
  const out = new Writer();
  out.raw(utf8.encode('GGUF'));
  out.uint32(3);
  out.uint64(tensors.length);
  out.uint64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    out.string(key);
    writeValue(out, value);
  }
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    if (shape.reduce((product, extent) => product * extent, 1) !== values.length) {
      throw new RangeError(`${name}: ${values.length} values do not fill ${shape.join(' × ')}`);
    }
    out.string(name);
    out.uint32(shape.length);
    for (const extent of shape) out.uint64(extent);
    out.uint32(F32);
    out.uint64(offset);
    offset += values.byteLength + padding(values.byteLength);
  }
  out.align();
  for (const { values } of tensors) {
    out.raw(littleEndian(values));
    out.align();
  }
  return out.bytes();
}

/** The values' bytes, whatever the machine's own order is. */
function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setFloat32(4 * index, value, true));
  return bytes;
}
