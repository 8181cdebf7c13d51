import fc from 'fast-check';

/** Snippets that text tools stumble over: joined emoji, marks, right-to-left, every line end, abbreviations, Markdown. */
const SNIPPETS = [
  ...['a', 'B', 'the', 'Dr.', 'e.g.', '3.14', "don't", '1.', 'U.S.', '...', '?!', '"', '“x”', '(', ')', '¿', '- ', '# ', '> ', '| a |', '|-|', '```', '<b>'],
  ...[' ', '  ', '\t', '\n', '\r\n', '\r', '\n\n', '\n\n\n', '\u2028', '\u2029', '\u0085', '\u3000', '\u00a0', '\u200b', '\ufeff', '\0'],
  ...['👨‍👩‍👧‍👦', '🇫🇷', '🇩', '👍🏽', '1️⃣', '😀', 'e\u0301', '\u0301', ' \u0301', 'नि', 'กำ', '각', '\u1100\u1161', '\u200d', '\ufe0f', '\ud83d', '\ude00'],
  ...['你好世界。', '今天', 'こんにちは', 'สวัสดีครับ', 'مرحبا بك؟', 'שלום', '\u202eabc\u202c', 'Привет. Мир', 'हिन्दी।', 'ﬁ', 'ß', 'İ'],
];

/** Texts of every kind, lone surrogates among them; often empty, blank or short. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...SNIPPETS), { maxLength: 24 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...SNIPPETS), { maxLength: 12 }).map((parts) => parts.join(' ')),
  fc.lorem({ mode: 'sentences', maxCount: 4 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t', 'a', '.'), maxLength: 12 }),
);
