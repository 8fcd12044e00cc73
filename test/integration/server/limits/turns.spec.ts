import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { RawSocket, textFrame } from '../../../support/raw-socket.js';
import { startLimitedServer } from '../../../support/limited-server.js';
import { signToken } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';

const heard: string[] = [];

@WebSocketGateway()
class LineGateway {
  @SubscribeMessage('line')
  line(@MessageBody() line: string): void {
    heard.push(line);
  }
}

it('One message of each websocket is taken, and then those of the others', async () => {
  const server = await startLimitedServer({}, { metadata: { providers: [LineGateway] } });
  const many = await RawSocket.connect(server.url, { token: signToken('ada') });
  const one = await RawSocket.connect(server.url, { token: signToken('bob') });
  // All of it waits in the network when the server, in this same process, looks next.
  many.tcp.write(Buffer.concat(Array.from({ length: 100 }, () => textFrame('42["line","of many"]'))));
  one.send('42["line","the only one"]');
  await waitFor('all events', () => heard.length === 101);
  expect(heard.indexOf('the only one')).toBeLessThan(10);
  for (const raw of [many, one]) raw.close();
  await server.stop();
});
