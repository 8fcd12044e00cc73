/** An answer of the server that says no, or none at all. The message is for the user. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number} status 0 when there was no answer
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const NO_ANSWER = 'The server does not answer. Try again in a little while.';

/** GETs JSON. */
export async function getJson(path) {
  return read(await fetch(path).catch(noAnswer));
}

/** Logs in as a demo user. */
export async function login(user) {
  const headers = { 'content-type': 'application/json' };
  return read(
    await fetch('/api/login', { method: 'POST', headers, body: JSON.stringify({ user }) }).catch(noAnswer),
  );
}

/**
 * Uploads files and starts an import. XMLHttpRequest, because fetch does not tell how far an upload is.
 *
 * @param {{ token: string, files: File[], samples: string[], onProgress: (share: number) => void }} request
 * @returns {Promise<{ importId: string, files: { id: string, name: string, bytes: number }[] }>}
 */
export function startImport({ token, files, samples, onProgress }) {
  const form = new FormData();
  for (const sample of samples) form.append('samples', sample);
  for (const file of files) form.append('files', file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/imports');
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total === 0 ? 1 : loaded / total),
    );
    request.addEventListener('load', () => {
      if (request.status === 202) resolve(request.response);
      else reject(new ApiError(request.response?.message ?? NO_ANSWER, request.status));
    });
    request.addEventListener('error', () => reject(new ApiError(NO_ANSWER, 0)));
    request.send(form);
  });
}

/** Has an import that has failed done again. */
export async function retryImport({ token, importId }) {
  const headers = { authorization: `Bearer ${token}` };
  return read(await fetch(`/api/imports/${importId}/retry`, { method: 'POST', headers }).catch(noAnswer));
}

async function read(response) {
  const body = await response.json().catch(() => undefined);
  if (!response.ok) throw new ApiError(body?.message ?? NO_ANSWER, response.status);
  return body;
}

function noAnswer() {
  throw new ApiError(NO_ANSWER, 0);
}
