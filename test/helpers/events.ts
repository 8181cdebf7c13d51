export interface SeenEvent {
  id: string;
  event: string;
  data: unknown;
}

/** The events in the text of an event stream; comments and `retry` are left out. */
export function eventsIn(text: string): SeenEvent[] {
  return text.split('\n\n').flatMap((block) => {
    const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const));
    const event = fields.get('event');
    return event === undefined ? [] : [{ id: fields.get('id') ?? '', event, data: JSON.parse(fields.get('data') ?? 'null') as unknown }];
  });
}
