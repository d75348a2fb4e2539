// kafkajs as a member of a group: group.js BOOTSTRAP TOPIC GROUP IDLE_S; "key TAB value" lines to standard output until nothing came for so
// long, then commits and leaves.
const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = require('kafkajs');
CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy');

const [bootstrap, topic, groupId, idleSeconds] = process.argv.slice(2);
const idleMs = Number(idleSeconds) * 1000;
const FIRST_ASSIGNMENT_MS = 20000;

async function main() {
  const kafka = new Kafka({ clientId: 'millrace-test', brokers: [bootstrap], logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 1000, rebalanceTimeout: 10000 });
  let last = Date.now() + FIRST_ASSIGNMENT_MS;
  let assigned = false;
  consumer.on(consumer.events.GROUP_JOIN, () => {
    if (!assigned) last = Date.now();
    assigned = true;
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: true,
    eachBatch: async ({ batch }) => {
      const parts = [];
      for (const message of batch.messages) parts.push(message.key, '\t', message.value, '\n');
      process.stdout.write(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))));
      last = Date.now();
    },
  });
  while (Date.now() - last < idleMs) await new Promise((done) => setTimeout(done, 200));
  await consumer.disconnect();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
