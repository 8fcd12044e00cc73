import type { JobMessage } from 'nestjs-socket-gateway/jobs';
import type { TestClient } from '../connect-client.js';
import { waitFor } from '../wait-for.js';

type Message<Type extends JobMessage['type']> = Extract<JobMessage, { type: Type }>;

/** The messages of jobs of this type that a browser was told. */
export function messagesOf<Type extends JobMessage['type']>(client: TestClient, type: Type): Message<Type>[] {
  const messages = client.payloads('gateway:job') as JobMessage[];
  return messages.filter((message): message is Message<Type> => message.type === type);
}

/** Resolves when so many have come, with all of them. */
export async function receivedOf<Type extends JobMessage['type']>(
  client: TestClient,
  type: Type,
  count = 1,
  deadlineMs = 15_000,
): Promise<Message<Type>[]> {
  await waitFor(`${count} ${type}`, () => messagesOf(client, type).length >= count, deadlineMs);
  return messagesOf(client, type);
}
