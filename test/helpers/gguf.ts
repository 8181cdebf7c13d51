/* Reads GGUF back, as far as files of float32 go: written from the format's description, not from our writer. */

export interface Gguf {
  version: number;
  metadata: Record<string, unknown>;
  tensors: Map<string, { shape: number[]; type: number; values: Float32Array }>;
}

class Reader {
  readonly #view: DataView;
  at = 0;

  constructor(view: DataView) {
    this.#view = view;
  }

  take<T>(size: number, get: (view: DataView, at: number) => T): T {
    this.at += size;
    return get(this.#view, this.at - size);
  }

  uint32 = (): number => this.take(4, (view, at) => view.getUint32(at, true));
  uint64 = (): number => Number(this.take(8, (view, at) => view.getBigUint64(at, true)));
  float32 = (): number => this.take(4, (view, at) => view.getFloat32(at, true));

  string(): string {
    const length = this.uint64();
    return this.take(length, (view, at) => Buffer.from(view.buffer, view.byteOffset + at, length).toString('utf8'));
  }

  value(type: number): unknown {
    switch (type) {
      case 4:
        return this.uint32();
      case 5:
        return this.take(4, (view, at) => view.getInt32(at, true));
      case 6:
        return this.float32();
      case 7:
        return this.take(1, (view, at) => view.getUint8(at)) === 1;
      case 8:
        return this.string();
      case 9: {
        const element = this.uint32();
        return Array.from({ length: this.uint64() }, () => this.value(element));
      }
      default:
        throw new Error(`metadata of type ${type}`);
    }
  }
}

/** @throws Error for what is no GGUF, or data that do not lie in the file on their 32-byte bounds */
export function readGguf(file: Uint8Array): Gguf {
  const reader = new Reader(new DataView(file.buffer, file.byteOffset, file.byteLength));
  if (reader.take(4, (view, at) => view.getUint32(at)) !== 0x47475546) throw new Error('the magic is not GGUF');
  const version = reader.uint32();
  const tensorCount = reader.uint64();
  const metadata = Object.fromEntries(
    Array.from({ length: reader.uint64() }, () => {
      const key = reader.string();
      return [key, reader.value(reader.uint32())] as const;
    }),
  );
  const described = Array.from({ length: tensorCount }, () => {
    const name = reader.string();
    const shape = Array.from({ length: reader.uint32() }, () => reader.uint64());
    return { name, shape, type: reader.uint32(), offset: reader.uint64() };
  });
  const data = Math.ceil(reader.at / 32) * 32;
  const tensors = described.map(({ name, shape, type, offset }) => {
    if (offset % 32 !== 0) throw new Error(`${name} begins at ${offset}`);
    reader.at = data + offset;
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, reader.float32);
    return [name, { shape, type, values }] as const;
  });
  return { version, metadata, tensors: new Map(tensors) };
}
