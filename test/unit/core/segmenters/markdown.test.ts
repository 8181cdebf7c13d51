import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, it } from 'vitest';
import { markdown } from '../../../../src/core/segmenters/markdown.ts';
import { markdownBlockStarts } from '../../../../src/core/markdownblocks.ts';
import { pieces } from './pieces.ts';

const blocks = (text: string): string[] => pieces(markdown, text);

describe('blocks', () => {
  it('headings, paragraphs, rules and quotes', () => {
    const parts = ['# Title\n\n', 'Text of\ntwo lines.\n\n', 'Sub\n---\n', '* * *\n', '> quoted\n> - more\nlazily\n\n', 'End.'];
    expect(blocks(parts.join(''))).toEqual(parts);
  });

  it('list items at any depth, each with all its lines', () => {
    const parts = ['- a\n', '  - b\n\n    more of b\n', '  - c\nlazy c\n', '- d\n\n', '1. one\n', '2) two\n'];
    expect(blocks(parts.join(''))).toEqual(parts);
  });

  it('code in fences whole, blank lines, marks and all', () => {
    const parts = ['Text:\n', '```md\n# no heading\n\n- no item\n~~~\n```\n', '~~~~\n~~~\n~~~~\n', 'After.'];
    expect(blocks(parts.join(''))).toEqual(parts);
  });

  it('a fence inside an item ends with the item', () => {
    expect(blocks('- a\n  ```\n  code\n\n  - no item\n- b\n')).toEqual(['- a\n  ```\n  code\n\n  - no item\n', '- b\n']);
  });

  it('a fence that nothing closes goes to the end', () => {
    expect(blocks('a\n\n```\nb\n\nc\n\n# d')).toEqual(['a\n\n', '```\nb\n\nc\n\n# d']);
  });

  it('indented code, and not where it only continues a paragraph', () => {
    expect(blocks('a\n    b\n\n    c\n\n    d\ne')).toEqual(['a\n    b\n\n', '    c\n\n    d\n', 'e']);
  });

  it('HTML to the next blank line, or to the mark that ends it', () => {
    const parts = ['<div>\n- no item\n</div>\n\n', '<!-- a\n\n# b -->\n', '<pre>\n\nx</pre>\n', 'c <b>d</b>\n\n'];
    parts.push('<doc>\n# no\n\n', 'e');
    expect(blocks(parts.join(''))).toEqual(parts);
  });

  it('rows of a table, the heading with its delimiter', () => {
    const parts = ['Intro:\n', '| a | b |\n|---|:-:|\n', '| 1 | 2 |\n', '| 3 | 4 |\n\n', 'a | b\n\n', 'x'];
    expect(blocks(parts.join(''))).toEqual(parts);
    expect(blocks('a | b\n- | -\n1 | 2')).toEqual(['a | b\n- | -\n', '1 | 2']);
  });

  it('definitions of links', () => {
    expect(blocks('[a]: http://x\n[b]: http://y\n\ntext')).toEqual(['[a]: http://x\n', '[b]: http://y\n\n', 'text']);
  });

  it('a number in running text is no list', () => {
    expect(blocks('It was in\n1984. Then\n\n1984. a')).toEqual(['It was in\n1984. Then\n\n', '1984. a']);
  });

  it('an item without content ends at a blank line', () => {
    expect(blocks('-\n\n  a\n\n- b\n\n  b')).toEqual(['-\n\n', '  a\n\n', '- b\n\n  b']);
  });

  it('any line end, and a byte order mark', () => {
    expect(blocks('\uFEFF# A\r\n\r\n- b\r\n- c')).toEqual(['\uFEFF# A\r\n\r\n', '- b\r\n', '- c']);
  });
});

/** Line starts of top-level blocks and list items, as a full parser sees them. */
function parsed(text: string): number[] {
  type Nodes = ReturnType<typeof fromMarkdown>['children'];
  const starts = new Set<number>();
  const visit = (nodes: Nodes, inItem: boolean): void => {
    for (const node of nodes) {
      if (node.type === 'list') {
        visit(node.children, inItem);
        continue;
      }
      const start = node.position?.start.offset ?? 0;
      const lineStart = text.lastIndexOf('\n', start - 1) + 1;
      const beginsLine = text.slice(lineStart, start).trim() === '';
      if (beginsLine && (node.type === 'listItem' || !inItem)) starts.add(lineStart);
      if (node.type === 'listItem') visit(node.children.filter((child) => child.type === 'list'), true);
    }
  };
  visit(fromMarkdown(text).children, false);
  return [...starts].toSorted((a, b) => a - b);
}

describe('against a full parser', () => {
  const lines = ['a', 'b c', '# h', '## x', '===', '---', '- - -', '***', '', '', '', '> q', '>', '> - x', '   more', '    code'];
  const items = ['- i', '* j', '1. n', '2. m', '3) q', '10. ten', '  - nest', '    - four', '      deep'];
  const verbatim = ['```', '```js', '~~~', '<div>', '</div>', '<b>x</b> y', '<!-- c', '-->'];
  const mixed = ['- > q', '- # h', '- ```', '  ```', '\tt', '-\tx', '-     code', '  ', '- - z', '-', '1.'];
  const line = fc.constantFrom(...lines, ...items, ...verbatim, ...mixed);
  /** Behind indented code the parser runs the items of a list together: not what CommonMark says, so not asked. */
  const misread = /^(?:\t| {4,}).*\n\s*(?:[-*]|\d+[.)])/m;

  it('finds the same blocks', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (chosen) => {
        const text = `${chosen.join('\n')}\n`;
        fc.pre(!misread.test(text));
        expect(markdownBlockStarts(text)).toEqual(parsed(text));
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });
});

it.each([
  ['quote marks', '>'.repeat(100_000)],
  ['list marks', `${'- '.repeat(50_000)}a`],
  ['nested items', '- - a\n'.repeat(20_000)],
  ['headings', 'a\n---\n'.repeat(20_000)],
  ['deep items', Array.from({ length: 2_000 }, (_, i) => `${' '.repeat(2 * (i % 40))}- a\n`).join('')],
  ['fence marks', '`'.repeat(100_000)],
])('is not slowed down by a pile of %s', (_, text) => {
  expect(markdown.segment(text, {}).at(-1)?.end).toBe(text.length);
});
