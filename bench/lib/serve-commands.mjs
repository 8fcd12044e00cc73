/**
 * The other end of a RoleProcess: answers commands one by one as they come, and ends with the process that sends them.
 * @param {Record<string, (input: any) => unknown>} commands
 */
export function serveCommands(commands) {
  process.on('message', (/** @type {any} */ { id, command, input }) => {
    answer(commands[command], input).then((outcome) => process.send?.({ id, ...outcome }));
  });
  // By exit, and not by a signal: that is when a CPU profile is written.
  process.once('disconnect', () => process.exit(0));
  // Ctrl-C reaches all processes of a terminal; who started us decides when we end.
  process.on('SIGINT', () => {});
}

/**
 * @param {((input: any) => unknown) | undefined} command
 * @param {unknown} input
 */
async function answer(command, input) {
  try {
    return { answer: await command?.(input) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
