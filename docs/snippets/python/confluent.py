import sys
from confluent_kafka import Consumer, Producer

server = sys.argv[1] if len(sys.argv) > 1 else "localhost:9092"

producer = Producer({"bootstrap.servers": server})
producer.produce("snippets-confluent", key="key", value="hello from confluent-kafka")
assert producer.flush(30) == 0  # on disk

consumer = Consumer({"bootstrap.servers": server, "group.id": "snippets-confluent", "auto.offset.reset": "earliest"})
consumer.subscribe(["snippets-confluent"])
message = None
while message is None or message.error():
    message = consumer.poll(1)
print(message.value().decode())
consumer.close()
