import { listen, longPoll } from 'rxwamp/router/node';
import { longPollTransport } from 'rxwamp/long-poll';
import { batched } from '../../src/transports/batched.js';
import type { Serializer } from '../../src/serializers/serializer.js';
import type { Link } from '../../src/transports/link.js';
import { describeTransport, type Endpoint, type EndpointOptions } from './conformance.js';
import { relayTo } from './relay.js';
import { tcpServer } from './sockets.js';

const open =
  (formatOf: (serializer: Serializer) => Serializer) =>
  async ({ serializer, maxMessageBytes, idleTimeoutMs = 60_000 }: EndpointOptions): Promise<Endpoint> => {
    const accepted: Link[] = [];
    const accept = (link: Link): void => void accepted.push(link);
    const format = formatOf(serializer);
    const handler = longPoll({ accept }, { serializers: [format], pollTimeoutMs: 100, idleTimeoutMs });
    const listener = await listen({ accept }, { requestHandlers: [handler] });
    let closed: Promise<void> | undefined;
    const relay = await relayTo({ port: listener.port, host: '127.0.0.1' });
    return {
      transport: longPollTransport({
        url: `http://127.0.0.1:${relay.port}/lp`,
        serializers: [format],
        maxMessageBytes,
        closeTimeoutMs: 60_000,
      }),
      accepted,
      // A request more is a connection more: it is lost when none can be made.
      cut: () => {
        closed = relay.close();
        relay.cut();
      },
      close: async () => {
        for (const link of accepted) link.terminate();
        await (closed ?? relay.close());
        await listener.close();
      },
    };
  };

const nowhere = async (): Promise<ReturnType<typeof longPollTransport>> => {
  const { port, close } = await tcpServer(() => undefined);
  await close();
  return longPollTransport({ url: `http://127.0.0.1:${port}/lp` });
};

describeTransport('long-poll', {
  kind: 'longpoll',
  secure: false,
  canPing: false,
  open: open((serializer) => serializer),
  nowhere,
});
describeTransport('long-poll in batches', {
  kind: 'longpoll',
  secure: false,
  canPing: false,
  open: open(batched),
  nowhere,
});
