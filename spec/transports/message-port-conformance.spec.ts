import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Link } from '../../src/transports/link.js';
import { acceptPort } from '../../src/transports/message-port-accept.js';
import { messagePortTransport } from '../../src/transports/message-port.js';
import { describeTransport } from './conformance.js';

describeTransport('a message port', {
  kind: 'message-port',
  secure: true,
  open({ serializer, maxMessageBytes }) {
    const accepted: Link[] = [];
    const ports: MessagePort[] = [];
    const dial = (): MessagePort => {
      const { port1, port2 } = new MessageChannel();
      ports.push(port1, port2);
      acceptPort(port2, (link) => accepted.push(link), { serializers: [serializer] });
      return port1;
    };
    return {
      transport: messagePortTransport(dial, { serializers: [serializer], maxMessageBytes }),
      accepted,
      close() {
        for (const link of accepted) link.terminate();
        for (const port of ports) port.close();
      },
      cut() {
        for (const port of ports) port.close();
      },
    };
  },
});
