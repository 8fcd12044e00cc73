const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const huge = new Intl.NumberFormat('en', { notation: 'scientific', maximumSignificantDigits: 4 });
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

const DAY_MS = 86_400_000;

/** A count: `12,345`. */
export function count(number) {
  return whole.format(number);
}

/** A number and the word for what it counts: `1 row`, `2 rows`. */
export function plural(number, word) {
  return `${count(number)} ${word}${number === 1 ? '' : 's'}`;
}

/** A measured value in at most ten characters or so. */
export function value(number) {
  if (Number.isInteger(number) && Math.abs(number) < 1e12) return whole.format(number);
  const magnitude = Math.abs(number);
  if (magnitude >= 1e12 || magnitude < 1e-4) return huge.format(number);
  return magnitude >= 1000 ? whole.format(number) : small.format(number);
}

/** A size: `1.5 MB`. */
export function bytes(number) {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let unit = 0;
  let size = number;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size >= 100 || unit === 0 ? whole.format(size) : size.toFixed(1)} ${units[unit]}`;
}

/** A duration: `340 ms`, `1.2 s`, `2 min 5 s`. */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** A round number of seconds: `10 s`. */
export function seconds(ms) {
  return `${value(ms / 1000)} s`;
}

/** The time of day. */
export function time(ms) {
  return clock.format(ms);
}

/** A share: `0.4 %`. */
export function percent(share) {
  const hundredths = share * 100;
  if (hundredths === 0) return '0 %';
  if (hundredths < 0.1) return '< 0.1 %';
  return `${hundredths < 10 && hundredths !== Math.round(hundredths) ? hundredths.toFixed(1) : Math.round(hundredths)} %`;
}

/** A date of a sheet, with the time when it has one: `2024-02-29`, `2024-02-29 13:45`. */
export function date(ms) {
  const iso = new Date(ms).toISOString();
  return ms % DAY_MS === 0 ? iso.slice(0, 10) : iso.slice(0, 16).replace('T', ' ');
}

/** A position in a room, short enough to see it move: `…04211-0 k3Jx9_aQ17`. */
export function position(token) {
  const [id, event = ''] = token.split('.');
  return `…${id.slice(-7)} ${event}`;
}
