package io.millrace.replication.replica;

import static io.millrace.replication.replica.LeaderFixture.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.replication.metadata.IntList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a leader answers to ListOffsets with the words for a time: latest, earliest, earliest local, latest tiered. */
class ListedOffsetsTest {

    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final String NO_OFFSET = "-1 -1 -1";

    private final LeaderFixture leader = new LeaderFixture();

    private void starts(LeaderReplica replica, ReadBound bound, String expected) {
        assertThat(leader.list(replica, EARLIEST, bound)).as("earliest").isEqualTo(expected);
        assertThat(leader.list(replica, EARLIEST_LOCAL, bound))
                .as("earliest local")
                .isEqualTo(expected);
        // Nothing is tiered, whatever the log holds.
        assertThat(leader.list(replica, LATEST_TIERED, bound))
                .as("latest tiered")
                .isEqualTo(NO_OFFSET);
    }

    private static ErrorCode delete(LeaderReplica replica, long offset) {
        List<ErrorCode> answers = new ArrayList<>();
        replica.deleteRecords(offset, 1_000, (slot, deleted) -> answers.add(deleted.error()), 0);
        return answers.getFirst();
    }

    @ParameterizedTest
    @EnumSource(ReadBound.class)
    void anEmptyLogStartsAndEndsWhereItsFirstRecordWillBe(ReadBound bound) {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        starts(replica, bound, "0 -1 5");
        assertThat(leader.list(replica, LATEST, bound)).isEqualTo("0 -1 5");
    }

    @ParameterizedTest
    @EnumSource(ReadBound.class)
    void aLogWhoseRecordsWereAllDeletedStartsAtItsEnd(ReadBound bound) {
        leader.log.recovered(0, 10, 10, 3);
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        assertThat(delete(replica, -1)).isEqualTo(ErrorCode.NONE);
        starts(replica, bound, "10 -1 5");
        assertThat(leader.list(replica, LATEST, bound)).isEqualTo("10 -1 5");
    }

    @Test
    void whatIsNotCommittedIsPartOfNoAnswerToAConsumer() {
        leader.log.recovered(0, 10, 10, 3);
        LeaderReplica replica = leader.lead(5, ReplicaSettings.DEFAULT, IntList.of(1, 2));
        leader.produce(replica, 5, NONE);
        leader.log.synced(15);
        replica.followerHolds(2, 12);
        assertThat(leader.list(replica, LATEST, ReadBound.COMMITTED)).isEqualTo("12 -1 5");
        assertThat(leader.list(replica, LATEST, ReadBound.STABLE)).isEqualTo("12 -1 5");
        assertThat(leader.list(replica, LATEST, ReadBound.LOG_END)).isEqualTo("15 -1 5");
        starts(replica, ReadBound.COMMITTED, "0 -1 3");
        leader.log.unstable(11);
        assertThat(leader.list(replica, LATEST, ReadBound.STABLE)).isEqualTo("11 -1 5");
        assertThat(leader.list(replica, LATEST, ReadBound.COMMITTED)).isEqualTo("12 -1 5");

        assertThat(delete(replica, 13)).as("above the high watermark").isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        starts(replica, ReadBound.COMMITTED, "0 -1 3");
    }

    @Test
    void theEpochOfTheStartIsThatOfTheRecordThere() {
        leader.log.recovered(0, 10, 10, 3);
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 5, NONE);
        leader.log.synced(15);
        assertThat(delete(replica, 9)).isEqualTo(ErrorCode.NONE);
        starts(replica, ReadBound.COMMITTED, "9 -1 3");
        assertThat(delete(replica, 10)).isEqualTo(ErrorCode.NONE);
        starts(replica, ReadBound.COMMITTED, "10 -1 5");
        assertThat(leader.list(replica, LATEST, ReadBound.COMMITTED)).isEqualTo("15 -1 5");
    }

    @Test
    void beforeTheEpochStartIsCommittedOnlyTheLatestIsUnknown() {
        leader.log.recovered(2, 10, 4, 3);
        LeaderReplica replica = leader.lead(5, ReplicaSettings.DEFAULT, IntList.of(1, 2));
        assertThat(leader.list(replica, LATEST, ReadBound.COMMITTED)).isEqualTo("OFFSET_NOT_AVAILABLE");
        assertThat(leader.list(replica, LATEST, ReadBound.STABLE)).isEqualTo("OFFSET_NOT_AVAILABLE");
        starts(replica, ReadBound.COMMITTED, "2 -1 3");
        replica.followerHolds(2, 10);
        assertThat(leader.list(replica, LATEST, ReadBound.COMMITTED)).isEqualTo("10 -1 5");
    }
}
