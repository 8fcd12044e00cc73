import { ApiError, startImport } from './api.js';
import { byId, el, setAttribute, setText } from './dom.js';
import * as format from './format.js';

/** Shown first; the others follow by name. */
const FEATURED = ['airports.csv', 'zipcodes.csv', 'birdstrikes.csv', 'species.csv', 'seattle-weather.csv'];

/**
 * The form in which files are chosen and sent.
 */
export class Picker {
  /** @type {File[]} */
  #files = [];
  #limits = { maxUploadBytes: Infinity, maxFiles: Infinity };
  #busy = false;
  #token = () => '';
  #onImport;

  /** @param {{ token: () => string, onImport: (answer: unknown) => void, onLoggedOut: (message: string) => void }} options */
  constructor({ token, onImport, onLoggedOut }) {
    this.#token = token;
    this.#onImport = onImport;
    this.onLoggedOut = onLoggedOut;
    this.form = byId('picker');
    this.input = byId('files');
    this.chosen = byId('chosen');
    this.button = byId('import');
    this.upload = byId('upload');
    this.message = byId('picker-message');
    this.input.addEventListener('change', () => {
      this.#add(this.input.files);
      this.input.value = '';
    });
    this.form.addEventListener('change', () => this.#update());
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#acceptDrops(byId('drop'));
  }

  /** What the server offers and allows. */
  offer(samples, limits) {
    this.#limits = limits;
    setText(
      byId('limits'),
      `Up to ${format.bytes(limits.maxUploadBytes)} and ${limits.maxFiles} files at once`,
    );
    const rank = ({ name }) => (FEATURED.includes(name) ? FEATURED.indexOf(name) : FEATURED.length);
    const sorted = [...samples].sort((a, b) => rank(a) - rank(b));
    byId('samples').replaceChildren(
      ...sorted.map(({ name, bytes }) =>
        el(
          'label',
          { class: 'sample' },
          el('input', { type: 'checkbox', name: 'sample', value: name, 'data-bytes': bytes }),
          el('span', { class: 'sample-name' }, name),
          el('span', { class: 'muted' }, format.bytes(bytes)),
        ),
      ),
    );
    this.#update();
  }

  #add(fileList) {
    const refused = [];
    for (const file of fileList) {
      if (!/\.csv$/i.test(file.name)) refused.push(file.name);
      else if (!this.#files.some(({ name, size }) => name === file.name && size === file.size))
        this.#files.push(file);
    }
    this.#update();
    this.#say(refused.length === 0 ? '' : `Only CSV files can be imported; left out: ${refused.join(', ')}.`);
  }

  #remove(file) {
    this.#files = this.#files.filter((each) => each !== file);
    this.#update();
    this.input.focus();
  }

  #samples() {
    return [...this.form.querySelectorAll('input[name="sample"]:checked')];
  }

  #update() {
    this.chosen.replaceChildren(
      ...this.#files.map((file) =>
        el(
          'li',
          {},
          el('span', { class: 'sample-name', title: file.name }, file.name),
          el('span', { class: 'muted' }, format.bytes(file.size)),
          el(
            'button',
            {
              type: 'button',
              class: 'quiet remove',
              'aria-label': `Remove ${file.name}`,
              onclick: () => this.#remove(file),
            },
            '×',
          ),
        ),
      ),
    );
    const samples = this.#samples();
    const files = this.#files.length + samples.length;
    const uploadBytes = this.#files.reduce((sum, { size }) => sum + size, 0);
    const bytes = samples.reduce((sum, { dataset }) => sum + Number(dataset.bytes), uploadBytes);
    const problem = this.#problemWith(files, uploadBytes);
    // Not `disabled`: that would take the focus away from who has just pressed it.
    setAttribute(this.button, 'aria-disabled', this.#busy || files === 0 || problem !== '');
    setText(
      this.button,
      files === 0 ? 'Import' : `Import ${format.plural(files, 'file')} · ${format.bytes(bytes)}`,
    );
    this.#say(problem);
  }

  #problemWith(files, uploadBytes) {
    const { maxFiles, maxUploadBytes } = this.#limits;
    if (files > maxFiles) return `At most ${maxFiles} files can be imported at once.`;
    if (uploadBytes > maxUploadBytes) {
      return `These files have ${format.bytes(uploadBytes)}; at most ${format.bytes(maxUploadBytes)} can be uploaded at once.`;
    }
    return '';
  }

  async #submit() {
    const samples = this.#samples();
    if (this.#files.length + samples.length === 0) this.#say('Choose at least one file first.');
    if (this.button.hasAttribute('aria-disabled')) return;
    this.#setBusy(true);
    try {
      const answer = await startImport({
        token: this.#token(),
        files: this.#files,
        samples: samples.map(({ value }) => value),
        onProgress: (share) => (this.upload.value = share),
      });
      this.#files = [];
      for (const sample of samples) sample.checked = false;
      this.#setBusy(false);
      this.#onImport(answer);
    } catch (error) {
      this.#setBusy(false);
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) this.onLoggedOut(error.message);
      else this.#say(error.message);
    }
  }

  #setBusy(busy) {
    this.#busy = busy;
    this.upload.value = 0;
    this.upload.toggleAttribute('data-idle', !busy);
    this.#update();
  }

  #say(text) {
    setText(this.message, text);
  }

  #acceptDrops(target) {
    let depth = 0;
    const isOver = (over) => target.classList.toggle('over', over);
    // The whole window takes files: one that misses the target by a little must not replace the page.
    window.addEventListener('dragenter', (event) => {
      event.preventDefault();
      depth++;
      isOver(true);
    });
    window.addEventListener('dragleave', () => isOver(--depth > 0));
    window.addEventListener('dragover', (event) => event.preventDefault());
    window.addEventListener('drop', (event) => {
      event.preventDefault();
      depth = 0;
      isOver(false);
      if (!byId('workspace').hidden) this.#add(event.dataTransfer.files);
    });
  }
}
