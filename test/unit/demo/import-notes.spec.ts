import { importNotes } from '../../../src/demo/web/import-notes.js';
import { ImportState } from '../../../src/demo/web/import-state.js';

function running(): ImportState {
  const state = new ImportState('i', 0);
  state.takeFiles([
    { id: '1', name: 'a.csv', bytes: 600 },
    { id: '2', name: 'b.csv', bytes: 400 },
  ]);
  state.beginRun({ role: 'worker', pid: 11 });
  return state;
}

describe('the sentences on a card', () => {
  it('are none while there is nothing to wonder about', () => {
    expect(importNotes(running())).toBe('');
  });

  it('say why the progress of a file has fallen when another worker takes over', () => {
    const state = running();
    state.advance({ done: 830, total: 1000, rate: null, remainingMs: null });
    Object.assign(state.file('a.csv'), { status: 'done' });
    state.beginRun({ role: 'worker', pid: 22 });
    expect(importNotes(state)).toBe(
      'Its worker was lost, so another one began again. What was done before stays; b.csv is read from its start again.',
    );
    state.status = 'done';
    expect(importNotes(state)).toContain('b.csv was read from its start again.');
  });

  it('name no file when the lost worker was in none', () => {
    const state = running();
    state.beginRun({ role: 'worker', pid: 22 });
    expect(importNotes(state)).toBe(
      'Its worker was lost, so another one began again. What was done before stays.',
    );
  });

  it('say nothing of a lost worker when its user has asked for the import again', () => {
    const state = running();
    state.beginRun({ role: 'worker', pid: 22 });
    state.fail('all is lost');
    expect(importNotes(state, 'The server is away.')).toMatch(/ all is lost The server is away\.$/);
    state.beginRound(1);
    expect(importNotes(state)).toBe('');
  });
});
