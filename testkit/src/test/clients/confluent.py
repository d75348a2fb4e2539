"""confluent-kafka-python (librdkafka) as a driver of the client table.

confluent.py produce BOOTSTRAP CODEC=TOPIC ...    standard input, lines "key TAB value", to each topic; idempotent; "CODEC ok" each
confluent.py consume BOOTSTRAP TOPIC ...          all partitions, beginning to end, as "topic TAB key TAB value" lines
confluent.py member BOOTSTRAP TOPIC GROUP         a cooperative member of the group until SIGTERM; commits what it wrote, says "assigned N"
confluent.py admin BOOTSTRAP GROUP                each admin verb: "VERB ok", "VERB FAIL why" or "VERB - why not"
confluent.py version
"""
import os
import signal
import sys

import confluent_kafka
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

CLIENT_ID = os.environ.get("CLIENT_ID", "confluent-kafka-python")


def produce(bootstrap, *topics):
    lines = [line.rstrip(b"\n").split(b"\t", 1) for line in sys.stdin.buffer]
    for codec_and_topic in topics:
        codec, topic = codec_and_topic.split("=", 1)
        producer = Producer({
            "bootstrap.servers": bootstrap, "client.id": CLIENT_ID, "compression.type": codec, "enable.idempotence": True,
            "queue.buffering.max.messages": 1000000})
        failures = []

        def done(error, _message):
            if error is not None:
                failures.append(error)

        for key, value in lines:
            producer.produce(topic, key=key, value=value, on_delivery=done)
            producer.poll(0)
        producer.flush(60)
        if failures or len(producer) > 0:
            print("%s FAIL %d records failed, %d never answered: %s" % (codec, len(failures), len(producer), failures[:1]))
        else:
            print("%s ok" % codec)


def consume(bootstrap, *topics):
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "client.id": CLIENT_ID, "group.id": "unused", "enable.auto.commit": False,
        "enable.partition.eof": True})
    open_partitions = set()
    for topic in topics:
        open_partitions.update((topic, number) for number in consumer.list_topics(topic, timeout=10).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for topic, number in sorted(open_partitions)])
    out = sys.stdout.buffer
    while open_partitions:
        for message in consumer.consume(5000, timeout=1):
            if message.error() is None:
                out.write(message.topic().encode() + b"\t" + message.key() + b"\t" + (message.value() or b"") + b"\n")
            elif message.error().code() == KafkaError._PARTITION_EOF:
                open_partitions.discard((message.topic(), message.partition()))
            else:
                sys.exit(str(message.error()))
    consumer.close()


def member(bootstrap, topic, group_id):
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "client.id": CLIENT_ID, "group.id": group_id, "enable.auto.commit": False,
        "auto.offset.reset": "earliest", "session.timeout.ms": 10000, "heartbeat.interval.ms": 500,
        "partition.assignment.strategy": "cooperative-sticky"})
    consumer.subscribe([topic])
    out = sys.stdout.buffer
    assigned = -1
    while not stopped:
        messages = consumer.consume(5000, timeout=0.2)
        for message in messages:
            if message.error() is None:
                out.write(message.key() + b"\t" + (message.value() or b"") + b"\n")
            else:
                print(message.error(), file=sys.stderr)
        out.flush()
        if any(message.error() is None for message in messages):
            consumer.commit(asynchronous=False)
        if len(consumer.assignment()) != assigned:
            assigned = len(consumer.assignment())
            print("assigned %d" % assigned, file=sys.stderr, flush=True)
    consumer.close()


def cell(verb, work):
    try:
        print("%s %s" % (verb, "ok" if work() else "FAIL not what was asked for"))
    except Exception as error:  # whatever it is, it is the cell's
        print("%s FAIL %s" % (verb, str(error).replace("\n", " ")))


def admin(bootstrap, group):
    topic = "admin." + CLIENT_ID
    settings = {"bootstrap.servers": bootstrap, "client.id": CLIENT_ID}
    client = AdminClient(settings)

    def only(futures):
        return list(futures.values())[0].result(30)

    def partitions():
        return len(client.list_topics(topic, timeout=10).topics[topic].partitions)

    def retention():
        return only(client.describe_configs([ConfigResource("topic", topic)]))["retention.ms"].value

    def create():
        only(client.create_topics([NewTopic(topic, 2, 1, config={"retention.ms": "3600000"})]))
        return partitions() == 2

    def grow():
        only(client.create_partitions([NewPartitions(topic, 3)]))
        return partitions() == 3

    def alter():
        only(client.alter_configs([ConfigResource("topic", topic, set_config={"retention.ms": "7200000"})]))
        return retention() == "7200000"

    def delete():
        only(client.delete_topics([topic]))
        return topic not in client.list_topics(timeout=10).topics

    cell("create-topic", create)
    cell("describe-topic", lambda: partitions() == 2)
    cell("add-partitions", grow)
    cell("describe-config", lambda: retention() == "3600000")
    cell("alter-config", alter)
    if not hasattr(client, "delete_records"):
        print("delete-records - not in confluent-kafka-python %s" % confluent_kafka.version()[0])
    cell("list-groups", lambda: group in [each.id for each in client.list_groups(timeout=10)])
    cell("describe-group", lambda: client.list_groups(group, timeout=10)[0].state == "Empty")
    if not hasattr(client, "delete_consumer_groups"):
        print("delete-group - not in confluent-kafka-python %s" % confluent_kafka.version()[0])
    cell("delete-topic", delete)


if sys.argv[1] == "version":
    print("%s, librdkafka %s" % (confluent_kafka.version()[0], confluent_kafka.libversion()[0]))
else:
    {"produce": produce, "consume": consume, "member": member, "admin": admin}[sys.argv[1]](*sys.argv[2:])
