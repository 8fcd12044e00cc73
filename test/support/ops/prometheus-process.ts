import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../scripts/lib/free-port.mjs';
import { startGuarded, type GuardedProcess } from '../../../scripts/lib/guarded-process.mjs';
import { findPrometheus } from '../../../scripts/lib/prometheus.mjs';
import { waitFor } from '../wait-for.js';

/** An alert that is pending or firing, as Prometheus tells it. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

/** An alert rule as Prometheus has read it. */
export interface AlertRule {
  readonly name: string;
  readonly query: string;
  /** Its `for`, in seconds. */
  readonly duration: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface PrometheusSettings {
  /** The text of its file of rules. */
  readonly rules: string;
  /** What it scrapes, by the names of the jobs: a host and a port. @default nothing */
  readonly targets?: Readonly<Record<string, string>>;
}

/** The programs of Prometheus, which `npm test` provides. */
export function prometheusPrograms(): { prometheus: string; promtool: string } {
  const programs = findPrometheus();
  if (!programs) throw new Error('Set PROMETHEUS_DIR, or use `npm test`, which finds a Prometheus.');
  return programs;
}

/** A Prometheus of the test's own, on a free port, that looks at everything once a second. */
export class PrometheusProcess {
  readonly #process: GuardedProcess;
  readonly #url: string;

  private constructor(process: GuardedProcess, url: string) {
    this.#process = process;
    this.#url = url;
  }

  /** Resolves when it answers. */
  static async start({ rules, targets = {} }: PrometheusSettings): Promise<PrometheusProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
    await writeFile(join(folder, 'alerts.yml'), rules);
    // JSON is YAML.
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['alerts.yml'],
      scrape_configs: Object.entries(targets).map(([job_name, target]) => ({
        job_name,
        static_configs: [{ targets: [target] }],
      })),
    };
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const address = `127.0.0.1:${await freePort()}`;
    const started = await startGuarded(prometheusPrograms().prometheus, {
      args: [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--log.level=warn',
      ],
      output: 'collect',
      removeDir: folder,
    });
    const prometheus = new PrometheusProcess(started, `http://${address}`);
    await waitFor('Prometheus to be ready', () => prometheus.#isReady(), 30_000);
    return prometheus;
  }

  /** The value of each series that an expression gives now, by its labels. */
  async query(expression: string): Promise<{ metric: Record<string, string>; value: number }[]> {
    const { result } = await this.#ask<{
      result: { metric: Record<string, string>; value: [number, string] }[];
    }>(`query?query=${encodeURIComponent(expression)}`);
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** The alert rules that it has loaded. */
  async rules(): Promise<AlertRule[]> {
    const { groups } = await this.#ask<{ groups: { rules: AlertRule[] }[] }>('rules?type=alert');
    return groups.flatMap(({ rules }) => rules);
  }

  /** What is pending or firing now. */
  async alerts(): Promise<ActiveAlert[]> {
    return (await this.#ask<{ alerts: ActiveAlert[] }>('alerts')).alerts;
  }

  async stop(): Promise<void> {
    await this.#process.end();
  }

  async #ask<Data>(path: string): Promise<Data> {
    const response = await fetch(`${this.#url}/api/v1/${path}`);
    const answer = (await response.json()) as { status: string; data: Data; error?: string };
    if (answer.status !== 'success') throw new Error(`Prometheus, asked for ${path}: ${answer.error}`);
    return answer.data;
  }

  async #isReady(): Promise<boolean> {
    if (!this.#process.isRunning()) throw new Error(`Prometheus has ended:\n${this.#process.output()}`);
    try {
      return (await fetch(`${this.#url}/-/ready`)).ok;
    } catch {
      // It does not listen yet.
      return false;
    }
  }
}
