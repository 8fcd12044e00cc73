export { RefreshRequests } from './refresh-requests.js';
export { Sessions, type SessionsSettings } from './sessions.js';
export { membersIn } from './session-members.js';
