import sys
from kafka import KafkaConsumer, KafkaProducer

server = sys.argv[1] if len(sys.argv) > 1 else "localhost:9092"

producer = KafkaProducer(bootstrap_servers=server, acks="all")
producer.send("snippets-kafka-python", key=b"key", value=b"hello from kafka-python").get(30)  # on disk

consumer = KafkaConsumer("snippets-kafka-python", bootstrap_servers=server,
                         group_id="snippets-kafka-python", auto_offset_reset="earliest")
print(next(consumer).value.decode())
consumer.close()
