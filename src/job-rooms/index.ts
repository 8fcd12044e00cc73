export { isJobRoom, jobRoom } from './job-room.js';
export { jobSecrets, type JobSecret } from './job-secret.js';
export { signJobToken, verifyJobToken } from './job-token.js';
