import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Inject, NotFoundException, Param, Res } from '@nestjs/common';
import type { Response } from 'express';

const require = createRequire(import.meta.url);

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
    const root = dirname(require.resolve('socket.io-client/package.json'));
    response.sendFile(join(root, 'dist/socket.io.esm.min.js'), { maxAge: '1h' });
  }

  /** The library that draws the charts: an ES module without imports of its own, and its styles. */
  @Get('vendor/uplot.:kind')
  uplot(@Param('kind') kind: string, @Res() response: Response): void {
    const file = { js: 'uPlot.esm.js', css: 'uPlot.min.css' }[kind];
    if (file === undefined) throw new NotFoundException();
    const root = join(dirname(require.resolve('uplot/package.json')), 'dist');
    response.sendFile(file, { root, maxAge: '1h' });
  }

  /** The library's client: ES modules, of which the bare imports are in the page's import map. */
  @Get('vendor/nestjs-socket-gateway/client/:module')
  gatewayClient(@Param('module') module: string, @Res() response: Response): void {
    if (!/^[a-z-]+\.js$/.test(module)) throw new NotFoundException();
    const root = dirname(require.resolve('nestjs-socket-gateway/client'));
    // Revalidated, since modules of two versions do not fit together.
    response.sendFile(module, { root, maxAge: 0 });
  }
}
