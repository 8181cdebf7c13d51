/** What the many shapes of an error body come down to. */
export interface ErrorBody {
  /** A machine-readable word such as `rate_limit_exceeded`, where there is one. */
  code: string | null;
  message: string;
  /** A status inside the body: routers answer 200 and say there that the provider failed. */
  status: number | null;
}

const WORD = /^[A-Za-z][\w.-]{0,63}$/;

function word(...candidates: unknown[]): string | null {
  for (const candidate of candidates) if (typeof candidate === 'string' && WORD.test(candidate)) return candidate;
  return null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** FastAPI: a text, or one entry per field, of which `input` quotes the request and is left out. */
function fromDetail(detail: unknown): ErrorBody {
  const entries: unknown[] = Array.isArray(detail) ? detail : [];
  const fields = entries.filter((entry): entry is Record<string, unknown> => typeof entry === 'object' && entry !== null);
  const message =
    typeof detail === 'string'
      ? detail
      : fields
          .map((field) => text(field['msg']))
          .filter((line) => line !== '')
          .join('; ');
  return { code: word(fields[0]?.['type']), message, status: null };
}

/**
 * Reads OpenAI's and vLLM's `{error: {…}}`, old vLLM's flat form, llama.cpp's numeric codes, TGI's and Ollama's
 * `{error: "text"}`, FastAPI's `{detail}` and OpenRouter's numeric codes, whole or already unwrapped by the client.
 */
export function readErrorBody(body: unknown): ErrorBody {
  if (typeof body === 'string') return { code: null, message: body, status: null };
  if (typeof body !== 'object' || body === null) return { code: null, message: '', status: null };
  const fields = body as Record<string, unknown>;
  if (typeof fields['error'] === 'string') return { code: word(fields['error_type']), message: fields['error'], status: null };
  if (typeof fields['error'] === 'object' && fields['error'] !== null) return readErrorBody(fields['error']);
  if ('detail' in fields) return fromDetail(fields['detail']);
  const number = Number(fields['code']);
  return {
    code: word(fields['code'], fields['type']),
    message: text(fields['message']),
    status: Number.isInteger(number) && number >= 400 && number <= 599 ? number : null,
  };
}

/** Of a router's reply, the choice whose provider failed while it answered: what it holds is no answer, or half of one. */
function failedChoice(choices: unknown): unknown {
  const all: unknown[] = Array.isArray(choices) ? choices : [];
  return all.find((choice) => typeof choice === 'object' && choice !== null && typeof (choice as { error?: unknown }).error === 'object' && (choice as { error?: unknown }).error !== null);
}

/** What a 200's body says of an error all the same; null where it is none. */
export function errorInside(body: object): ErrorBody | null {
  const fields = body as Record<string, unknown>;
  const choice = failedChoice(fields['choices']);
  if (choice !== undefined) return readErrorBody(choice);
  if (fields['object'] === 'error') return readErrorBody(body);
  if (fields['error'] === undefined || fields['error'] === null) return null;
  // the Responses API tells a failure beside an output that is empty
  const failed = fields['status'] === 'failed' || (fields['choices'] === undefined && fields['output'] === undefined);
  return failed ? readErrorBody(body) : null;
}
