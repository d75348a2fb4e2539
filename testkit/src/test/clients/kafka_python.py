"""kafka-python as a driver of the client table.

kafka_python.py produce BOOTSTRAP CODEC=TOPIC ...    standard input, lines "key TAB value", to each topic; "CODEC ok" or "CODEC - why not" each
kafka_python.py consume BOOTSTRAP TOPIC ...          all partitions, beginning to end, as "topic TAB key TAB value" lines
kafka_python.py member BOOTSTRAP TOPIC GROUP         a member of the group until SIGTERM; commits what it wrote, says "assigned N"
kafka_python.py admin BOOTSTRAP GROUP                each admin verb: "VERB ok", "VERB FAIL why" or "VERB - why not"
kafka_python.py version
"""
import os
import signal
import sys

import kafka
from kafka import KafkaConsumer, KafkaProducer, TopicPartition, codec as codecs
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic

CLIENT_ID = os.environ.get("CLIENT_ID", "kafka-python")
# The default of 2 s is too short for a machine that starts eight clients at once.
PROBE = {"api_version_auto_timeout_ms": 30000}
MISSING = {"snappy": "python3-snappy", "lz4": "python3-lz4", "zstd": "python3-zstandard"}


def produce(bootstrap, *topics):
    lines = [line.rstrip(b"\n").split(b"\t", 1) for line in sys.stdin.buffer]
    for codec_and_topic in topics:
        codec, topic = codec_and_topic.split("=", 1)
        if codec in MISSING and not getattr(codecs, "has_" + codec)():
            print("%s - needs %s" % (codec, MISSING[codec]))
            continue
        producer = KafkaProducer(
            bootstrap_servers=bootstrap, client_id=CLIENT_ID, **PROBE, acks="all", retries=5, linger_ms=20, batch_size=65536,
            compression_type=None if codec == "none" else codec, max_in_flight_requests_per_connection=1)
        failures = []
        for key, value in lines:
            producer.send(topic, key=key, value=value).add_errback(failures.append)
        producer.flush()
        producer.close()
        print("%s FAIL %d records failed, first: %r" % (codec, len(failures), failures[0]) if failures else "%s ok" % codec)


def consume(bootstrap, *topics):
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, client_id=CLIENT_ID, **PROBE, enable_auto_commit=False, max_poll_records=5000)
    partitions = [TopicPartition(topic, number) for topic in topics for number in sorted(consumer.partitions_for_topic(topic))]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(partitions)
    out = sys.stdout.buffer
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for partition, records in consumer.poll(timeout_ms=1000).items():
            for record in records:
                out.write(partition.topic.encode() + b"\t" + record.key + b"\t" + record.value + b"\n")
    consumer.close()


def member(bootstrap, topic, group_id):
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, client_id=CLIENT_ID, **PROBE, group_id=group_id, enable_auto_commit=False,
        auto_offset_reset="earliest", session_timeout_ms=10000, heartbeat_interval_ms=500, max_poll_records=5000)
    out = sys.stdout.buffer
    assigned = -1
    while not stopped:
        polled = consumer.poll(timeout_ms=200)
        for records in polled.values():
            for record in records:
                out.write(record.key + b"\t" + record.value + b"\n")
        out.flush()
        if polled:
            consumer.commit()
        if len(consumer.assignment()) != assigned:
            assigned = len(consumer.assignment())
            print("assigned %d" % assigned, file=sys.stderr, flush=True)
    consumer.close(autocommit=False)


def cell(verb, work):
    try:
        print("%s %s" % (verb, "ok" if work() else "FAIL not what was asked for"))
    except Exception as error:  # whatever it is, it is the cell's
        print("%s FAIL %s" % (verb, repr(error).replace("\n", " ")))


def admin(bootstrap, group):
    topic = "admin." + CLIENT_ID
    client = KafkaAdminClient(bootstrap_servers=bootstrap, client_id=CLIENT_ID, **PROBE)

    def succeeded(errors):
        return all(each[1] == 0 for each in errors)

    def partitions():
        return len(client.describe_topics([topic])[0]["partitions"])

    def retention():
        resources = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])[0].resources
        return {entry[0]: entry[1] for entry in resources[0][4]}["retention.ms"]

    def create():
        new = NewTopic(topic, 2, 1, topic_configs={"retention.ms": "3600000"})
        return succeeded(client.create_topics([new]).topic_errors) and partitions() == 2

    def grow():
        return succeeded(client.create_partitions({topic: NewPartitions(3)}).topic_errors) and partitions() == 3

    def alter():
        client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs={"retention.ms": "7200000"})])
        return retention() == "7200000"

    def groups():
        return [each[0] for each in client.list_consumer_groups()]

    def delete_group():
        return succeeded([(name, error.errno) for name, error in client.delete_consumer_groups([group])]) and group not in groups()

    def delete():
        return succeeded(client.delete_topics([topic]).topic_error_codes) and topic not in client.list_topics()

    cell("create-topic", create)
    cell("describe-topic", lambda: partitions() == 2)
    cell("add-partitions", grow)
    cell("describe-config", lambda: retention() == "3600000")
    cell("alter-config", alter)
    if not hasattr(client, "delete_records"):
        print("delete-records - not in kafka-python %s" % kafka.__version__)
    cell("list-groups", lambda: group in groups())
    cell("describe-group", lambda: client.describe_consumer_groups([group])[0].state == "Empty")
    cell("delete-group", delete_group)
    cell("delete-topic", delete)
    client.close()


if sys.argv[1] == "version":
    print(kafka.__version__)
else:
    {"produce": produce, "consume": consume, "member": member, "admin": admin}[sys.argv[1]](*sys.argv[2:])
