import { ConnectionJournal } from '../../../src/demo/web/connection-journal.js';

const joined = { ok: true };

describe('ConnectionJournal', () => {
  it('counts what is kept and what is only the newest', () => {
    const journal = new ConnectionJournal();
    journal.event({ id: '1-0.a.b' });
    journal.event({ key: 'i' });
    journal.event({ key: 'i' });
    expect(journal).toMatchObject({ events: 1, values: 2 });
  });

  it('counts what was replayed, and says whether the last connection brought everything', () => {
    const journal = new ConnectionJournal();
    journal.joined({ ...joined, recovered: null, replayed: 3 });
    expect(journal).toMatchObject({ replayed: 3, replayedLast: 3, recovered: null });
    journal.joined({ ...joined, recovered: true, replayed: 2 });
    expect(journal).toMatchObject({ replayed: 5, replayedLast: 2, recovered: true });
  });

  it('waits for a room that cannot be read yet', () => {
    const journal = new ConnectionJournal();
    journal.joined({ ...joined, recovered: true, replayed: 2 });
    journal.joined({ ...joined, recovered: null, replayed: 0, pending: true });
    expect(journal).toMatchObject({ replayedLast: 2, recovered: true });
  });

  it('remembers why events are missing', () => {
    const journal = new ConnectionJournal();
    journal.gap('trimmed');
    expect(journal.gaps).toEqual(['trimmed']);
  });
});
