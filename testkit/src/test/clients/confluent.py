"""confluent-kafka-python (librdkafka) as a client under test.

confluent.py produce BOOTSTRAP TOPIC CODEC   lines "key TAB value" from standard input, idempotent
confluent.py consume BOOTSTRAP TOPIC         all partitions, beginning to end, as "key TAB value" lines
confluent.py group BOOTSTRAP TOPIC GROUP IDLE_S   as a member of the group, until nothing came for so long; then commits and leaves
"""
import sys
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition


def produce(bootstrap, topic, codec):
    producer = Producer({
        "bootstrap.servers": bootstrap, "compression.type": codec, "enable.idempotence": True,
        "queue.buffering.max.messages": 1000000})
    failures = []

    def done(error, _message):
        if error is not None:
            failures.append(error)

    for line in sys.stdin.buffer:
        key, value = line.rstrip(b"\n").split(b"\t", 1)
        while True:
            try:
                producer.produce(topic, key=key, value=value, on_delivery=done)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    producer.flush(60)
    if failures or len(producer) > 0:
        sys.exit("%d records failed, %d never answered: %s" % (len(failures), len(producer), failures[:1]))


def consume(bootstrap, topic):
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False,
        "enable.partition.eof": True})
    numbers = sorted(consumer.list_topics(topic, timeout=10).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in numbers])
    open_partitions = set(numbers)
    out = sys.stdout.buffer
    while open_partitions:
        for message in consumer.consume(5000, timeout=1):
            if message.error() is None:
                out.write(message.key() + b"\t" + (message.value() or b"") + b"\n")
            elif message.error().code() == KafkaError._PARTITION_EOF:
                open_partitions.discard(message.partition())
            else:
                sys.exit(str(message.error()))
    consumer.close()


def group(bootstrap, topic, group_id, idle_s):
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": group_id, "enable.auto.commit": False,
        "auto.offset.reset": "earliest", "session.timeout.ms": 6000,
        "partition.assignment.strategy": "cooperative-sticky"})
    consumer.subscribe([topic])
    out = sys.stdout.buffer
    count = 0
    last = time.monotonic()
    # The first assignment may take a rebalance.
    while time.monotonic() - last < float(idle_s) + (0 if count or consumer.assignment() else 20):
        for message in consumer.consume(5000, timeout=0.5):
            if message.error() is not None:
                sys.exit(str(message.error()))
            out.write(message.key() + b"\t" + (message.value() or b"") + b"\n")
            count += 1
            last = time.monotonic()
    if count:
        consumer.commit(asynchronous=False)
    consumer.close()


if sys.argv[1] == "group":
    group(*sys.argv[2:6])
elif sys.argv[1] == "produce":
    produce(*sys.argv[2:5])
else:
    consume(*sys.argv[2:4])
