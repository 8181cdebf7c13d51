import fc from 'fast-check';

/*
 * What text tools stumble over: abbreviations, Markdown, every line end, joined emoji, marks, scripts, lone surrogates.
 */
const WORDS = ['a', 'B', 'the', 'Dr.', 'e.g.', '3.14', "don't", '1.', 'U.S.', '...', '?!', '"', '“x”', '(', ')', '¿'];
const MARKS = ['- ', '# ', '> ', '| a |', '|-|', '```', '<b>'];
const LINE_ENDS = ['\n', '\r\n', '\r', '\n\n', '\n\n\n', '\u2028', '\u2029', '\u0085'];
const SPACES = [' ', '  ', '\t', '\u3000', '\u00a0', '\u200b', '\ufeff', '\0'];
const EMOJI = ['👨‍👩‍👧‍👦', '🇫🇷', '🇩', '👍🏽', '1️⃣', '😀', '\u200d', '\ufe0f', '\ud83d', '\ude00'];
const CLUSTERS = ['e\u0301', '\u0301', ' \u0301', 'नि', 'กำ', '각', '\u1100\u1161'];
const EAST = ['你好世界。', '今天', 'こんにちは', 'สวัสดีครับ', 'हिन्दी।'];
const SCRIPTS = [...EAST, 'مرحبا بك؟', 'שלום', '\u202eabc\u202c', 'Привет. Мир', 'ﬁ', 'ß', 'İ'];
const SNIPPETS = [...WORDS, ...MARKS, ...LINE_ENDS, ...SPACES, ...EMOJI, ...CLUSTERS, ...SCRIPTS];

/** Texts of every kind, lone surrogates among them; often empty, blank or short. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...SNIPPETS), { maxLength: 24 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...SNIPPETS), { maxLength: 12 }).map((parts) => parts.join(' ')),
  fc.lorem({ mode: 'sentences', maxCount: 4 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t', 'a', '.'), maxLength: 12 }),
);
