export type { HealthReport } from './health-report.js';
export { FeedProbe } from './feed-probe.js';
