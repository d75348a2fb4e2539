"""kafka-python as a client under test.

kafka_python.py produce BOOTSTRAP TOPIC CODEC   lines "key TAB value" from standard input
kafka_python.py consume BOOTSTRAP TOPIC         all partitions, beginning to end, as "key TAB value" lines
kafka_python.py group BOOTSTRAP TOPIC GROUP IDLE_S   as a member of the group, until nothing came for so long; then commits and leaves
"""
import sys
import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition


def produce(bootstrap, topic, codec):
    producer = KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", retries=5, linger_ms=20, batch_size=65536,
        compression_type=None if codec == "none" else codec, max_in_flight_requests_per_connection=1)
    failures = []
    for line in sys.stdin.buffer:
        key, value = line.rstrip(b"\n").split(b"\t", 1)
        producer.send(topic, key=key, value=value).add_errback(failures.append)
    producer.flush()
    producer.close()
    if failures:
        sys.exit("%d records failed, first: %r" % (len(failures), failures[0]))


def consume(bootstrap, topic):
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, max_poll_records=5000)
    partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(partitions)
    out = sys.stdout.buffer
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for records in consumer.poll(timeout_ms=1000).values():
            for record in records:
                out.write(record.key + b"\t" + record.value + b"\n")
    consumer.close()


def group(bootstrap, topic, group_id, idle_s):
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=group_id, enable_auto_commit=False, auto_offset_reset="earliest",
        session_timeout_ms=6000, heartbeat_interval_ms=1000, max_poll_records=5000)
    out = sys.stdout.buffer
    count = 0
    last = time.monotonic()
    while time.monotonic() - last < float(idle_s) + (0 if count or consumer.assignment() else 20):
        for records in consumer.poll(timeout_ms=500).values():
            for record in records:
                out.write(record.key + b"\t" + record.value + b"\n")
                count += 1
                last = time.monotonic()
    if count:
        consumer.commit()
    consumer.close(autocommit=False)


if sys.argv[1] == "group":
    group(*sys.argv[2:6])
elif sys.argv[1] == "produce":
    produce(*sys.argv[2:5])
else:
    consume(*sys.argv[2:4])
