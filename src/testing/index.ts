export { RecordingEmitter, type RecordedEmit } from './recording-emitter.js';
export { startGatewayHarness, type GatewayHarness, type GatewayHarnessOptions } from './gateway-harness.js';
export type { HarnessClient } from './harness-client.js';
