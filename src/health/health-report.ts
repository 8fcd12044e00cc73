/** Whether a process may be relied on, and what that rests on. Nothing in it tells of users or of what they are sent. */
export interface HealthReport {
  readonly status: 'up' | 'down';
  readonly details: Readonly<Record<string, string | number | boolean>>;
}
