// Admin calls of kafkajs, for recording: admin-tour.js BOOTSTRAP TOPIC. What is refused was sent all the same.
const { Kafka, ConfigResourceTypes, logLevel } = require('kafkajs');

const [bootstrap, topic] = process.argv.slice(2);

async function main() {
  const kafka = new Kafka({ clientId: 'millrace-test', brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { retries: 1 } });
  const admin = kafka.admin();
  await admin.connect();
  const settled = async (name, call) => {
    try {
      await call();
    } catch (refused) {
      console.log(name, refused.message);
    }
  };
  const group = 'tour-kafkajs';
  const resource = { type: ConfigResourceTypes.TOPIC, name: 'tour-js' };
  await settled('create', () => admin.createTopics({ topics: [{ topic: 'tour-js', numPartitions: 2 }] }));
  await settled('partitions', () => admin.createPartitions({ topicPartitions: [{ topic: 'tour-js', count: 3 }] }));
  await settled('topics', () => admin.fetchTopicMetadata({ topics: [topic] }));
  await settled('offsets', () => admin.fetchTopicOffsets(topic));
  await settled('by time', () => admin.fetchTopicOffsetsByTimestamp(topic, 1));
  await settled('group offsets', () => admin.fetchOffsets({ groupId: group, topics: [topic] }));
  await settled('set offsets', () => admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 0, offset: '1' }] }));
  await settled('describe configs', () => admin.describeConfigs({ includeSynonyms: true, resources: [resource] }));
  await settled('alter configs', () =>
    admin.alterConfigs({ resources: [{ ...resource, configEntries: [{ name: 'retention.ms', value: '3600000' }] }] }));
  await settled('cluster', () => admin.describeCluster());
  await settled('groups', () => admin.listGroups());
  await settled('describe groups', () => admin.describeGroups([group]));
  await settled('delete records', () => admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] }));
  await settled('delete groups', () => admin.deleteGroups([group]));
  await settled('delete', () => admin.deleteTopics({ topics: ['tour-js'] }));
  await admin.disconnect();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
