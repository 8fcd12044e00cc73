import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';

/** Injection token of what the page has to know of the server. */
export const PAGE_SETTINGS = Symbol.for('nestjs-socket-gateway-demo:PAGE_SETTINGS');

/** What the page has to know of the server. */
export interface PageSettings {
  /** The Socket.IO namespace to connect to. */
  namespace: string;
}

/** What the page needs beside its own files. */
@Controller()
export class PageController {
  constructor(@Inject(PAGE_SETTINGS) private readonly settings: PageSettings) {}

  @Get('api/settings')
  getSettings(): PageSettings {
    return this.settings;
  }

  /** The browser build of socket.io-client, an ES module without imports of its own. */
  @Get('vendor/socket.io-client.js')
  socketIoClient(@Res() response: Response): void {
    const root = dirname(createRequire(import.meta.url).resolve('socket.io-client/package.json'));
    response.sendFile(join(root, 'dist/socket.io.esm.min.js'), { maxAge: '1h' });
  }
}
