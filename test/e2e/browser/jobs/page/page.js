// A page as a user of the library writes it: it starts a job, shows how that stands, and lists what it is told. The job is
// part of its address, so that it can be loaded again.
import { connectGateway } from 'nestjs-socket-gateway/client';

const query = new URLSearchParams(location.search);
const element = (id) => document.getElementById(id);

const gateway = connectGateway(location.origin, {
  token: query.get('user'),
  ...(query.has('rewind') && { rewind: 'all' }),
});
gateway.on('gateway:job', (message) => {
  if (message.type === 'job_progress' || message.queue !== query.get('queue')) return;
  const item = document.createElement('li');
  item.textContent = describe(message);
  element('messages').append(item);
});

function describe({ run, type, file, error, willRetry, result }) {
  const facts = [`run ${run}: ${type}`, file, error?.message, willRetry && 'to be tried again'];
  return [...facts, result && JSON.stringify(result)].filter(Boolean).join(' ');
}

function show({ state, progress }) {
  element('status').textContent = state?.status ?? 'waiting';
  element('run').textContent = state?.run ?? '';
  element('file').textContent = state?.file ?? '';
  element('error').textContent = state?.error?.message ?? '';
  element('result').textContent = state?.result ? JSON.stringify(state.result) : '';
  element('progress').textContent = progress
    ? `${progress.done} of ${progress.total} in run ${progress.run}`
    : '';
  element('bar').max = progress?.total ?? 1;
  element('bar').value = progress?.done ?? (state?.status === 'completed' ? 1 : 0);
}

async function watch() {
  const job = await gateway.watchJob(query.get('queue'), query.get('job'), { token: query.get('token') });
  show(job);
  job.onChange(show);
}

element('start').onclick = async () => {
  element('start').disabled = true;
  const answer = await fetch(`/jobs?${query}`, { method: 'POST' });
  for (const [name, value] of Object.entries(await answer.json())) query.set(name, value);
  history.replaceState(null, '', `?${query}`);
  await watch();
};

if (query.has('job')) await watch();
else gateway.onState((state) => (element('start').disabled = state !== 'ready'));
