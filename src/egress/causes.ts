/** Why a request came to nothing, in words that hold nothing of it. */
export interface Cause {
  /** The first code down the chain of causes, such as ECONNREFUSED. */
  code: string;
  detail: string;
  /** It would end the same way every time. */
  permanent: boolean;
  /** The address may not be reached. */
  forbidden: boolean;
  tooLarge: boolean;
}

const TOO_LARGE = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
const FORBIDDEN = 'EFORBIDDENADDRESS';

const REDIRECTED = 'unexpected redirect';
const BAD_PORT = 'bad port';

const PERMANENT = new Map([
  [REDIRECTED, 'the server redirects, which is not followed: give its true URL'],
  [BAD_PORT, 'the port belongs to another protocol and is never connected to: serve on another one'],
  [FORBIDDEN, 'the address is in a private network, which may not be reached from here'],
  [TOO_LARGE, 'the reply is too large'],
]);

/** What fetch tells by its words alone, by these. */
function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at.message === REDIRECTED || at.message === BAD_PORT) return at.message;
  }
  return 'failed';
}

/** What an error of the network's fetch comes down to. */
export function causeOf(error: unknown): Cause {
  const code = codeOf(error);
  const permanent = PERMANENT.get(code);
  return { code, detail: permanent ?? code, permanent: permanent !== undefined, forbidden: code === FORBIDDEN, tooLarge: code === TOO_LARGE };
}
