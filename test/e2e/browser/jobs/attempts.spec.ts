import { jest } from '@jest/globals';
import { QUEUE_KINDS } from '../../../support/jobs/queue-processes.js';
import { JobScene } from './job-scene.js';
import { BEGIN, completedBy, endOf, IN_THE_MIDDLE, NOTHING } from './told-story.js';

jest.setTimeout(60_000);

let scene: JobScene;
beforeAll(async () => {
  scene = await JobScene.start();
});
afterAll(() => scene.stop());
afterEach(() => scene.end());

describe.each(QUEUE_KINDS)('the page of a job of %s', (kind) => {
  beforeEach(() => scene.begin(kind));

  it('tells a success from its start to its end', async () => {
    const worker = await scene.startWorker('last', '1:5');
    await scene.startJob();
    await scene.page.shows(IN_THE_MIDDLE);
    await scene.reload();
    await worker.call('goOn');
    await scene.expectStory({
      messages: [...BEGIN, ...endOf(1)],
      states: ['running 1', 'completed 1'],
      end: completedBy(1),
    });
  });

  it('tells a failure, that the job is tried again, and its success', async () => {
    const worker = await scene.startWorker('last', '2:0,2:5');
    await scene.startJob({ attempts: 3, failures: 1 });
    await scene.page.shows({ ...NOTHING, status: 'retrying', run: '1', error: 'failure 1' });
    await scene.reload();
    await worker.call('goOn');
    await scene.page.shows({ ...IN_THE_MIDDLE, run: '2', progress: '5 of 12 in run 2' });
    await scene.reload();
    await worker.call('goOn');
    await scene.expectStory({
      messages: [...BEGIN, 'run 1: error failure 1 to be tried again', ...endOf(2)],
      states: ['running 1', 'retrying 1', 'running 2', 'completed 2'],
      end: completedBy(2),
    });
  });

  it('tells that all attempts have failed, after the last', async () => {
    const worker = await scene.startWorker('last', '2:0,3:0');
    await scene.startJob({ attempts: 3, failures: 3 });
    await scene.page.shows({ status: 'retrying', run: '1' });
    await worker.call('goOn');
    await scene.page.shows({ status: 'retrying', run: '2' });
    await scene.reload();
    await worker.call('goOn');
    const failures = [1, 2].map((run) => `run ${run}: error failure ${run} to be tried again`);
    await scene.expectStory({
      messages: [...BEGIN, ...failures, 'run 3: job_failed failure 3'],
      states: ['running 1', 'retrying 1', 'running 2', 'retrying 2', 'running 3', 'failed 3'],
      end: { ...NOTHING, status: 'failed', run: '3', error: 'failure 3' },
    });
  });
});
