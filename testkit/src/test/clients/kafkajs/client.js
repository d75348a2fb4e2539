// kafkajs as a driver of the client table.
//   client.js produce BOOTSTRAP CODEC=TOPIC ...    standard input, lines "key TAB value", to each topic; "CODEC ok" or "CODEC - why not" each
//   client.js consume BOOTSTRAP TOPIC ...          all partitions, beginning to end, as "topic TAB key TAB value" lines
//   client.js member BOOTSTRAP TOPIC GROUP         a member of the group until SIGTERM; commits what it wrote, says "assigned N"
//   client.js admin BOOTSTRAP GROUP                each admin verb: "VERB ok" or "VERB FAIL why"
//   client.js version
const zlib = require('zlib');
const lz4js = require('lz4js');
const { Kafka, CompressionTypes, CompressionCodecs, ConfigResourceTypes, logLevel } = require('kafkajs');

CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy');
// lz4js writes one block per 4 MiB and yet calls its blocks linked, which Kafka's readers and ours refuse: 60 70 73 is the header of independent ones.
const independent = (frame) => {
  Buffer.from([0x60, 0x70, 0x73]).copy(frame, 4);
  return frame;
};
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => independent(Buffer.from(lz4js.compress(encoder.buffer))),
  decompress: async (buffer) => Buffer.from(lz4js.decompress(buffer)),
});
const types = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
};
if (zlib.zstdCompressSync) {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async (encoder) => zlib.zstdCompressSync(encoder.buffer),
    decompress: async (buffer) => zlib.zstdDecompressSync(buffer),
  });
  types.zstd = CompressionTypes.ZSTD;
}

const clientId = process.env.CLIENT_ID || 'kafkajs';
const [command, bootstrap, ...rest] = process.argv.slice(2);
const kafka = () => new Kafka({ clientId, brokers: [bootstrap], logLevel: logLevel.ERROR });
const BATCH = 2000;
const NEWLINE = Buffer.from('\n');
const TAB = Buffer.from('\t');

// Splits at newlines only: a carriage return belongs to the line.
async function readLines() {
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  const all = Buffer.concat(parts);
  const messages = [];
  let from = 0;
  for (let end = all.indexOf(10); end >= 0; end = all.indexOf(10, from)) {
    const line = all.subarray(from, end);
    const tab = line.indexOf(9);
    messages.push({ key: line.subarray(0, tab), value: line.subarray(tab + 1) });
    from = end + 1;
  }
  return messages;
}

async function produce() {
  const messages = await readLines();
  const producer = kafka().producer();
  await producer.connect();
  for (const codecAndTopic of rest) {
    const [codec, topic] = codecAndTopic.split('=');
    const compression = types[codec];
    if (compression === undefined) {
      console.log(`${codec} - needs Node.js 22.15 (here ${process.versions.node}) or a native add-on`);
      continue;
    }
    for (let from = 0; from < messages.length; from += BATCH) {
      await producer.send({ topic, acks: -1, compression, messages: messages.slice(from, from + BATCH) });
    }
    console.log(`${codec} ok`);
  }
  await producer.disconnect();
}

// kafkajs reads as a member of a group only, so this is one; its offsets are never committed.
async function consume() {
  const admin = kafka().admin();
  await admin.connect();
  let left = 0;
  for (const topic of rest) {
    for (const { low, high } of await admin.fetchTopicOffsets(topic)) left += Number(high) - Number(low);
  }
  await admin.disconnect();
  const consumer = kafka().consumer({ groupId: `reads.${clientId}`, sessionTimeout: 10000 });
  await consumer.connect();
  await consumer.subscribe({ topics: rest, fromBeginning: true });
  let done;
  const finished = new Promise((resolve) => (done = resolve));
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const parts = [];
      for (const { key, value } of batch.messages) parts.push(Buffer.from(batch.topic), TAB, key, TAB, value, NEWLINE);
      process.stdout.write(Buffer.concat(parts));
      left -= batch.messages.length;
      if (left <= 0) done();
    },
  });
  if (left > 0) await finished;
  await consumer.disconnect();
}

async function member() {
  const [topic, groupId] = rest;
  const consumer = kafka().consumer({ groupId, sessionTimeout: 10000, heartbeatInterval: 500, rebalanceTimeout: 10000 });
  process.on('SIGTERM', async () => {
    await consumer.disconnect();
    process.exit(0);
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    console.error(`assigned ${(payload.memberAssignment[topic] || []).length}`);
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: true,
    eachBatch: async ({ batch }) => {
      const parts = [];
      for (const { key, value } of batch.messages) parts.push(key, TAB, value, NEWLINE);
      process.stdout.write(Buffer.concat(parts));
    },
  });
}

async function cell(verb, work) {
  try {
    console.log(`${verb} ${(await work()) ? 'ok' : 'FAIL not what was asked for'}`);
  } catch (error) {
    console.log(`${verb} FAIL ${String(error).replace(/\n/g, ' ')}`);
  }
}

async function adminVerbs() {
  const [group] = rest;
  const topic = `admin.${clientId}`;
  const admin = kafka().admin();
  await admin.connect();
  const partitions = async () => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length;
  const retention = async () => {
    const { resources } = await admin.describeConfigs({ resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }] });
    return resources[0].configEntries.find((entry) => entry.configName === 'retention.ms').configValue;
  };
  const groups = async () => (await admin.listGroups()).groups.map((each) => each.groupId);
  await cell('create-topic', async () => {
    const configEntries = [{ name: 'retention.ms', value: '3600000' }];
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 2, configEntries }] });
    return (await partitions()) === 2;
  });
  await cell('describe-topic', async () => (await partitions()) === 2);
  await cell('add-partitions', async () => {
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    return (await partitions()) === 3;
  });
  await cell('describe-config', async () => (await retention()) === '3600000');
  await cell('alter-config', async () => {
    const configEntries = [{ name: 'retention.ms', value: '7200000' }];
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }] });
    return (await retention()) === '7200000';
  });
  await cell('delete-records', async () => {
    const producer = kafka().producer();
    await producer.connect();
    await producer.send({ topic, messages: ['0', '1', '2'].map((value) => ({ value, partition: 0 })) });
    await producer.disconnect();
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] });
    return (await admin.fetchTopicOffsets(topic)).find((each) => each.partition === 0).low === '2';
  });
  await cell('list-groups', async () => (await groups()).includes(group));
  await cell('describe-group', async () => (await admin.describeGroups([group])).groups[0].state === 'Empty');
  await cell('delete-group', async () => {
    await admin.deleteGroups([group]);
    return !(await groups()).includes(group);
  });
  await cell('delete-topic', async () => {
    await admin.deleteTopics({ topics: [topic] });
    return !(await admin.listTopics()).includes(topic);
  });
  await admin.disconnect();
}

const commands = {
  produce,
  consume,
  member,
  admin: adminVerbs,
  version: async () => console.log(require('kafkajs/package.json').version + `, Node.js ${process.versions.node}`),
};
commands[command]().catch((error) => {
  console.error(error);
  process.exit(1);
});
