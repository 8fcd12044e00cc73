import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { NextFunction, Request, Response } from 'express';

/**
 * Middleware that sends the headers of a page which may do nothing but what it needs: its own scripts, styles and
 * images, its own server, and the import map, the only inline script, by its hash.
 *
 * @param pagePaths of the HTML files
 */
export function securityHeaders(
  pagePaths: readonly string[],
): (req: Request, res: Response, next: NextFunction) => void {
  const headers = {
    'Content-Security-Policy': [
      `default-src 'none'`,
      `script-src 'self' ${importMapHashes(pagePaths)}`,
      `style-src 'self'`,
      `img-src 'self' data:`,
      // Some browsers do not take 'self' for the WebSocket of the same server.
      `connect-src 'self' ws: wss:`,
      `base-uri 'none'`,
      `form-action 'none'`,
      `frame-ancestors 'none'`,
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  };
  return (_request, response, next) => {
    response.set(headers);
    next();
  };
}

function importMapHashes(pagePaths: readonly string[]): string {
  return pagePaths.map((path) => importMapHash(readFileSync(path, 'utf8'))).join(' ');
}

function importMapHash(html: string): string {
  const map = /<script type="importmap">([\s\S]*?)<\/script>/.exec(html)?.[1];
  if (map === undefined) throw new Error('The page has no import map.');
  return `'sha256-${createHash('sha256').update(map).digest('base64')}'`;
}
