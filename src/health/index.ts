export type { HealthReport } from './health-report.js';
export { FeedProbe, type FeedProbeSettings, type FeedState } from './feed-probe.js';
