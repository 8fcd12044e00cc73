import { getJson, login } from './api.js';
import { byId, el, setText } from './dom.js';
import { currentLogin, forgetLogin, keepLogin } from './session.js';

/** What a page shows before somebody has logged in, and who it is in the bar. */
export class LoginPanel {
  #onLogin;

  /** @param {(login: import('./session.js').Login) => Promise<void>} onLogin shows the page to who has logged in */
  constructor(onLogin) {
    this.#onLogin = onLogin;
  }

  /** Shows the page to who is logged in already, or asks who it is. */
  start() {
    const current = currentLogin();
    (current === undefined ? this.#ask('') : this.#enter(current)).catch((error) => this.#say(error));
  }

  /** @param {string} message why */
  logOut(message) {
    forgetLogin();
    this.#ask(message).catch((error) => this.#say(error));
  }

  async #ask(message) {
    byId('workspace').hidden = true;
    byId('account').hidden = true;
    byId('login').hidden = false;
    setText(byId('login-message'), message);
    const { users } = await getJson('/api/login');
    byId('users').replaceChildren(...users.map((user) => this.#button(user)));
  }

  #button({ id, name }) {
    const logIn = async () => {
      try {
        const granted = await login(id);
        keepLogin(granted);
        await this.#enter(granted);
        // Everything is in sight already.
        byId('main').focus({ preventScroll: true });
      } catch (error) {
        this.#say(error);
      }
    };
    return el(
      'button',
      { type: 'button', class: 'user-choice', onclick: logIn },
      avatar(name),
      el('span', {}, name),
    );
  }

  async #enter(granted) {
    await this.#onLogin(granted);
    const { name } = granted.user;
    byId('login').hidden = true;
    byId('workspace').hidden = false;
    byId('account').hidden = false;
    byId('user').replaceChildren(avatar(name), el('span', { class: 'user-name' }, name));
  }

  #say({ message }) {
    setText(byId('login-message'), message);
  }
}

function avatar(name) {
  const initials = name
    .split(' ')
    .map((part) => part[0])
    .join('');
  return el('span', { class: 'avatar', 'aria-hidden': 'true' }, initials);
}
