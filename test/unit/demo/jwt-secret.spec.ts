import { Logger } from '@nestjs/common';
import { decideJwtSecret } from '../../../src/demo/server/auth/jwt-secret.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const logger = new RecordingLogger();

beforeAll(() => {
  Logger.overrideLogger(logger);
});

afterAll(() => {
  Logger.overrideLogger(false);
});

it('is random at each start when none is given, which the log says without telling it', () => {
  const [one, other] = [decideJwtSecret(undefined), decideJwtSecret(undefined)];
  expect(one).not.toBe(other);
  expect(Buffer.from(one, 'base64url')).toHaveLength(32);
  expect(logger.output).toContain('JWT_SECRET is not set');
  expect(logger.output).not.toContain(one);
});

it('is the given one otherwise', () => {
  expect(decideJwtSecret('given')).toBe('given');
});
