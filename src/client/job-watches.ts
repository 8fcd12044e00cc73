import type { JobProgress, JobState, LibraryMessages } from '../contract/index.js';
import type { GatewayClient } from './gateway-client.js';
import type { JobWatch, WatchJobOptions } from './job-watch.js';
import { Listeners } from './listeners.js';

interface SharedWatch extends JobWatch {
  state: JobState | null;
  progress: JobProgress | null;
  userCount: number;
  joined: Promise<unknown>;
}

/** The jobs that one client watches, each once, however often it is asked to. */
export class JobWatches {
  readonly #client: GatewayClient<LibraryMessages>;
  readonly #byRoom = new Map<string, SharedWatch>();

  constructor(client: GatewayClient<LibraryMessages>) {
    this.#client = client;
  }

  async watch(queue: string, jobId: string | number, { token }: WatchJobOptions): Promise<JobWatch> {
    const room = roomOf(queue, jobId);
    const watch = this.#byRoom.get(room) ?? this.#open(room, token);
    watch.userCount++;
    try {
      await watch.joined;
    } catch (error) {
      watch.stop();
      throw error;
    }
    return watch;
  }

  #open(room: string, token: string | undefined): SharedWatch {
    const client = this.#client;
    const listeners = new Listeners<[JobWatch]>();
    let finish!: (state: JobState) => void;
    const changed = (): void => void listeners.call(console.error, watch);
    const offState = client.on('gateway:job-state', (state, meta) => {
      if (meta?.room !== room) return;
      watch.state = state;
      if (!isPresent(watch.progress, state)) watch.progress = null;
      changed();
      if (state.status === 'completed' || state.status === 'failed') finish(state);
    });
    const offProgress = client.on('gateway:job', (message) => {
      if (message.type !== 'job_progress' || roomOf(message.queue, message.jobId) !== room) return;
      if (!isPresent(message, watch.state)) return;
      watch.progress = message;
      changed();
    });
    const watch: SharedWatch = {
      state: null,
      progress: null,
      userCount: 0,
      ended: new Promise((resolve) => (finish = resolve)),
      joined: client.join(room, { token }),
      onChange: (handler) => listeners.add(handler),
      stop: () => {
        if (--watch.userCount) return;
        offState();
        offProgress();
        this.#byRoom.delete(room);
        // It is left by the end of the connection, at the latest.
        client.leave(room).catch(() => undefined);
      },
    };
    this.#byRoom.set(room, watch);
    return watch;
  }
}

/** The room of a job, as the server knows it. */
function roomOf(queue: string, jobId: string | number): string {
  return `job:${queue.replace(/[%:]/g, encodeURIComponent)}:${jobId}`.normalize();
}

/** Whether progress is of a run that goes on. */
function isPresent(progress: JobProgress | null, state: JobState | null): boolean {
  if (!progress || !state || progress.run > state.run) return true;
  return progress.run === state.run && state.status === 'running';
}
