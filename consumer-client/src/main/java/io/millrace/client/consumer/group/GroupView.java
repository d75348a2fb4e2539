package io.millrace.client.consumer.group;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.error.ClientException;
import java.util.List;

/**
 * What the loop has to tell the polling thread. Immutable; a later one replaces an earlier one, whether that was seen or not.
 *
 * @param memberId empty outside of the group
 * @param generation -1 outside of the group
 */
public record GroupView(Stage stage, String memberId, int generation) {

    /** Outside of any group. */
    public static final GroupView NONE = new GroupView(new Stage.Busy(), "", -1);

    /** What is expected of the polling thread. */
    public sealed interface Stage {

        /** Nothing. */
        record Busy() implements Stage {}

        /**
         * A rebalance begins: to be answered with {@link Group#prepared}.
         *
         * @param round names this question in the answer
         * @param lost nothing is this member's any more; else an eager member gives up everything now and a cooperative one nothing
         */
        record Prepare(int round, boolean lost) implements Stage {}

        /**
         * The member's partitions are these.
         *
         * @param round never the same for two assignments
         */
        record Assigned(int round, List<TopicPartition> partitions) implements Stage {
            public Assigned {
                partitions = List.copyOf(partitions);
            }
        }

        /** The group does not want this member. */
        record Failed(ClientException cause) implements Stage {}
    }
}
