export { RecordingEmitter, type RecordingEmitterOptions } from './recording-emitter.js';
export type { RecordedCommand, RecordedEmit } from './recording.js';
export { startGatewayHarness, type GatewayHarness, type GatewayHarnessOptions } from './gateway-harness.js';
export type { HarnessClient } from './harness-client.js';
