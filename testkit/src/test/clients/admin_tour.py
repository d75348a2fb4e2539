"""Admin calls of the Python clients, for recording: admin_tour.py confluent|kafka_python BOOTSTRAP TOPIC. What is refused was sent all the same."""
import sys


def settled(name, call):
    try:
        answer = call()
        for future in (answer.values() if isinstance(answer, dict) else [answer]):
            if hasattr(future, "result"):
                future.result(10)
    except Exception as refused:  # noqa: BLE001
        print(name, repr(refused))


def confluent(bootstrap, topic):
    from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic
    admin = AdminClient({"bootstrap.servers": bootstrap})
    settled("create", lambda: admin.create_topics([NewTopic("tour-librdkafka", num_partitions=2, replication_factor=1)]))
    settled("partitions", lambda: admin.create_partitions([NewPartitions("tour-librdkafka", 3)]))
    resource = ConfigResource(ConfigResource.Type.TOPIC, "tour-librdkafka")
    settled("describe configs", lambda: admin.describe_configs([resource]))
    resource.set_config("retention.ms", "3600000")
    settled("alter configs", lambda: admin.alter_configs([resource]))
    settled("list groups", lambda: admin.list_groups(timeout=5))
    settled("describe group", lambda: admin.list_groups("tour-confluent", timeout=5))
    settled("describe topics", lambda: admin.list_topics(topic, timeout=5))
    settled("delete", lambda: admin.delete_topics(["tour-librdkafka"]))


def kafka_python(bootstrap, topic):
    from kafka import KafkaAdminClient
    from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    settled("create", lambda: admin.create_topics([NewTopic("tour-python", 2, 1)]))
    settled("partitions", lambda: admin.create_partitions({"tour-python": NewPartitions(3)}))
    resource = ConfigResource(ConfigResourceType.TOPIC, "tour-python", {"retention.ms": "3600000"})
    settled("describe configs", lambda: admin.describe_configs([resource]))
    settled("alter configs", lambda: admin.alter_configs([resource]))
    settled("list groups", lambda: admin.list_consumer_groups())
    settled("describe groups", lambda: admin.describe_consumer_groups(["tour-kafka_python"]))
    settled("offsets", lambda: admin.list_consumer_group_offsets("tour-kafka_python"))
    settled("log dirs", lambda: admin.describe_log_dirs())
    settled("cluster", lambda: admin.describe_cluster())
    settled("delete groups", lambda: admin.delete_consumer_groups(["tour-kafka_python"]))
    settled("delete", lambda: admin.delete_topics(["tour-python"]))
    admin.close()


{"confluent": confluent, "kafka_python": kafka_python}[sys.argv[1]](*sys.argv[2:4])
