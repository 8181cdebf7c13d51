/** Three dots, the sign for "because", and the name; drawn here so that the page needs no file of elsewhere. */
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="190" height="40" viewBox="0 0 190 40" fill="#fff" font-family="system-ui,sans-serif">' +
  '<circle cx="10" cy="13" r="4"/><circle cx="30" cy="13" r="4"/><circle cx="20" cy="29" r="4"/><text x="48" y="28" font-size="23">Wherefore</text></svg>';

/** Title and logo of Swagger UI, in place of its own. */
export const DOCS_LOOK = {
  theme: { title: 'Wherefore: explanations of remote model calls' },
  logo: { type: 'image/svg+xml', content: Buffer.from(LOGO), href: '/docs', target: '_self' as const },
};
