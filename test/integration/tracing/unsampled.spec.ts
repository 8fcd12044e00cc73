import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base';
import { RecordedSpans } from '../../support/recorded-spans.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { startTracedSite } from '../../support/traced-site.js';
import { waitFor } from '../../support/wait-for.js';

const resources = new Resources();
afterAll(() => resources.stop());

describe('An emit that is not sampled', () => {
  it('makes no spans anywhere, and is carried on as not sampled', async () => {
    const spans = resources.add(new RecordedSpans(new AlwaysOffSampler()));
    const site = await startTracedSite(resources, resources.add(await RedisProcess.start()));
    const [, heard] = await site.connect(site.servers[0], 'ann', 'note');
    for (const delivery of ['durable', 'latest', 'live'] as const)
      await site.worker.emitter.emitToUser('ann', 'note', delivery, { delivery });
    await waitFor('the events', () => heard.length === 3);
    for (const { meta, data } of heard.filter(({ data }) => data !== 'live'))
      expect([data, meta?.traceparent]).toEqual([
        data,
        expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/),
      ]);
    expect(spans.all).toEqual([]);
  });
});
