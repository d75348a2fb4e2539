import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** {@code GroupLag BOOTSTRAP GROUP}: prints how many records the group has yet to commit, and its state. */
final class GroupLag {

    private GroupLag() {}

    public static void main(String[] arguments) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[0]))) {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(arguments[1])
                    .partitionsToOffsetAndMetadata()
                    .get();
            var ends = admin.listOffsets(committed.keySet().stream()
                            .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest())))
                    .all()
                    .get();
            long lag = 0;
            for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : committed.entrySet()) {
                lag += ends.get(entry.getKey()).offset() - entry.getValue().offset();
            }
            var group = admin.describeConsumerGroups(java.util.List.of(arguments[1])).all().get().get(arguments[1]);
            System.out.println(lag + " " + group.groupState() + " members=" + group.members().size() + " partitions=" + committed.size());
        }
    }
}
