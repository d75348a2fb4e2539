// kafkajs as a client under test: produce.js BOOTSTRAP TOPIC none|gzip|snappy; lines "key TAB value" from standard input.
const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = require('kafkajs');
CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy');

const [bootstrap, topic, codec] = process.argv.slice(2);
const compression = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP, snappy: CompressionTypes.Snappy }[codec];
const BATCH = 2000;

// Splits at newlines only: a carriage return belongs to the line.
async function* lines(stream) {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, from)) {
      yield rest.subarray(from, end);
      from = end + 1;
    }
    rest = rest.subarray(from);
  }
}

async function main() {
  const producer = new Kafka({ clientId: 'millrace-test', brokers: [bootstrap], logLevel: logLevel.ERROR }).producer();
  await producer.connect();
  let messages = [];
  for await (const line of lines(process.stdin)) {
    const tab = line.indexOf(9);
    messages.push({ key: line.subarray(0, tab), value: line.subarray(tab + 1) });
    if (messages.length === BATCH) {
      await producer.send({ topic, acks: -1, compression, messages });
      messages = [];
    }
  }
  if (messages.length > 0) await producer.send({ topic, acks: -1, compression, messages });
  await producer.disconnect();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
