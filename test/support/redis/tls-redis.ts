import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { RedisProcess } from './redis-process.js';
import { startWithTwoPorts } from './two-ports.js';

const HOST = 'localhost';
const PASSWORD = 'correct-horse-battery';

/** A Redis with a password that is to be reached by TLS, with a certificate that nobody trusts who is not told to. */
export class TlsRedis {
  readonly process: RedisProcess;
  readonly port: number;
  /** The file with the certificate. */
  readonly certificateFile: string;
  readonly certificate: string;
  readonly #folder: string;

  private constructor(
    process: RedisProcess,
    { port, folder, certificate }: { port: number; folder: string; certificate: string },
  ) {
    this.process = process;
    this.port = port;
    this.certificate = certificate;
    this.certificateFile = join(folder, 'cert.pem');
    this.#folder = folder;
  }

  static async start(): Promise<TlsRedis> {
    const folder = mkdtempSync(join(tmpdir(), 'tls-'));
    const { cert: certificate, private: key } = await generate([{ name: 'commonName', value: HOST }]);
    const [certificateFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(certificateFile, certificate);
    writeFileSync(keyFile, key);
    const settings = {
      'tls-cert-file': certificateFile,
      'tls-key-file': keyFile,
      'tls-ca-cert-file': certificateFile,
      'tls-auth-clients': 'no',
      // What was acknowledged is there after a restart.
      dir: folder,
      appendonly: 'yes',
      appendfsync: 'always',
    };
    const { process, secondPort: port } = await startWithTwoPorts(
      (tlsPort) =>
        Object.entries({ 'tls-port': String(tlsPort), ...settings }).flatMap(([name, value]) => [
          `--${name}`,
          value,
        ]),
      PASSWORD,
    );
    return new TlsRedis(process, { port, folder, certificate });
  }

  get url(): string {
    return `rediss://default:${PASSWORD}@${HOST}:${this.port}`;
  }

  /** By which it can be reached; its certificate is trusted. */
  get options(): { host: string; port: number; password: string; tls: { ca: string } } {
    return { host: HOST, port: this.port, password: PASSWORD, tls: { ca: this.certificate } };
  }

  async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
