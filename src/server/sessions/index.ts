export { RefreshRequests } from './refresh-requests.js';
export { Sessions } from './sessions.js';
export { membersIn } from './session-members.js';
