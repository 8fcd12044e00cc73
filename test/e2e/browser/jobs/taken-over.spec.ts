import { jest } from '@jest/globals';
import type { AppProcess } from '../../../support/app-process.js';
import { QUEUE_KINDS } from '../../../support/jobs/queue-processes.js';
import { waitFor } from '../../../support/wait-for.js';
import { JobScene } from './job-scene.js';
import { BEGIN, completedBy, endOf, IN_THE_MIDDLE } from './told-story.js';

jest.setTimeout(90_000);

const STORY = {
  messages: [...BEGIN, ...endOf(2)],
  states: ['running 1', 'running 2', 'completed 2'],
  end: completedBy(2),
};

let scene: JobScene;
beforeAll(async () => {
  scene = await JobScene.start();
});
afterAll(() => scene.stop());
afterEach(() => scene.end());

describe.each(QUEUE_KINDS)('the page of a job of %s that is taken over', (kind) => {
  beforeEach(() => scene.begin(kind));

  it('tells what the second worker says of it, though the stalled one wakes up and goes on', async () => {
    const stalled = await scene.startWorker('first', '1:5,1:9');
    await scene.startJob();
    await scene.page.shows(IN_THE_MIDDLE);
    process.kill(stalled.pid, 'SIGSTOP');
    const second = await scene.startWorker('last', '1:7');
    await scene.page.shows({ ...IN_THE_MIDDLE, run: '2', progress: '7 of 12 in run 2' });
    await scene.reload();

    const goesOn = stalled.call('goOn');
    process.kill(stalled.pid, 'SIGCONT');
    await goesOn;
    await haveBeenSaid(stalled, 5);
    await second.call('goOn');
    await scene.page.shows(STORY.end);
    await stalled.call('goOn');
    const published = ['published', 'published', 'published'];
    expect(await haveBeenSaid(stalled, 6)).toEqual([...published, 'FENCED', 'FENCED', 'FENCED']);
    await scene.expectStory(STORY);
  });

  it('tells what the second worker says of it, when the first was killed by kill -9', async () => {
    const killed = await scene.startWorker('first', '1:5');
    await scene.startJob();
    await scene.page.shows(IN_THE_MIDDLE);
    await killed.stop();
    await scene.reload();
    const second = await scene.startWorker('last', '1:10');
    await scene.page.shows({ ...IN_THE_MIDDLE, run: '2', file: 'c.csv', progress: '10 of 12 in run 2' });
    await scene.reload();
    await second.call('goOn');
    await scene.expectStory(STORY);
  });
});

/** What has become of the things that a worker has said, when there are so many. */
function haveBeenSaid(worker: AppProcess, count: number): Promise<string[]> {
  return waitFor(
    `${count} results`,
    async () => {
      const results = await worker.call<string[]>('results');
      return results.length >= count && results;
    },
    30_000,
  );
}
