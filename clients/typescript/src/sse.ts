/** One message of an event stream. */
export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** Cuts a stream into lines that end in LF, CR or CRLF. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      yield* lines;
      // what is not ended by a line end is not whole
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => null);
  }
}

/**
 * The messages of a `text/event-stream` (HTML Living Standard, section 9.2.6). A message that the stream's end cuts off is
 * not given.
 * @param onRetry hears after how many milliseconds the server wants to be asked again
 */
export async function* eventsOf(body: ReadableStream<Uint8Array>, onRetry: (milliseconds: number) => void = () => {}): AsyncGenerator<ServerEvent> {
  let [id, event, data] = ['', '', [] as string[]];
  for await (const line of linesOf(body)) {
    if (line === '') {
      if (data.length > 0) yield { id, event: event === '' ? 'message' : event, data: data.join('\n') };
      [event, data] = ['', []];
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) onRetry(Number(value));
  }
}
