import { metricsIn, problemsOf } from '../../support/ops/metrics-in.js';

describe('What the tests see in an expression', () => {
  it('are the metrics of the library in it', () => {
    expect(metricsIn('rate(socket_gateway_users[5m]) + socket_gateway_rooms{job="a"} + up')).toEqual([
      'users',
      'rooms',
    ]);
  });

  it.each([
    ['socket_gateway_redis_up{connection="publish", job=~"a"} == 0'],
    ['sum by (job, status) (rate(socket_gateway_emits_total{delivery!="live"}[5m]))'],
    ['histogram_quantile(0.9, sum by (job, le) (rate(socket_gateway_append_to_socket_seconds_bucket[5m])))'],
    ['rate(socket_gateway_emit_duration_seconds_count{delivery="live"}[5m])'],
  ])('nothing is wrong with %s', (expression) => {
    expect(problemsOf(expression)).toEqual([]);
  });

  it.each([
    ['socket_gateway_emit_total', 'no metric socket_gateway_emit_total'],
    ['socket_gateway_append_to_socket_seconds', 'no metric'],
    ['socket_gateway_users_count', 'no metric'],
    ['socket_gateway_redis_up{name="publish"}', 'no label name'],
    ['sum by (job, room) (socket_gateway_users)', 'the label room'],
    ['sum by (le) (socket_gateway_users)', 'the label le'],
  ])('something is wrong with %s', (expression, problem) => {
    expect(problemsOf(expression)).toEqual([expect.stringContaining(problem)]);
  });
});
