package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.request.ApiTable;
import io.millrace.protocol.message.ApiKey;
import io.millrace.replication.metadata.MetadataPublisher;

/** Every group API with its versions and handler. */
public final class GroupHandlers {

    private GroupHandlers() {}

    /** Adds them all to {@code table}. */
    public static void addTo(
            ApiTable table, GroupCoordinator coordinator, MetadataPublisher metadata, OffsetsTopic offsetsTopic) {
        table.add(ApiKey.FIND_COORDINATOR, 0, 6, new FindCoordinatorHandler(metadata, offsetsTopic))
                .add(ApiKey.OFFSET_COMMIT, 2, 10, new OffsetCommitHandler(coordinator, metadata))
                .add(ApiKey.OFFSET_FETCH, 1, 10, new OffsetFetchHandler(coordinator, metadata))
                .add(ApiKey.JOIN_GROUP, 0, 9, new JoinGroupHandler(coordinator))
                .add(ApiKey.HEARTBEAT, 0, 4, new HeartbeatHandler(coordinator))
                .add(ApiKey.LEAVE_GROUP, 0, 5, new LeaveGroupHandler(coordinator))
                .add(ApiKey.SYNC_GROUP, 0, 5, new SyncGroupHandler(coordinator))
                .add(ApiKey.DESCRIBE_GROUPS, 0, 6, new DescribeGroupsHandler(coordinator))
                .add(ApiKey.LIST_GROUPS, 0, 5, new ListGroupsHandler(coordinator))
                .add(ApiKey.DELETE_GROUPS, 0, 2, new DeleteGroupsHandler(coordinator))
                .add(ApiKey.OFFSET_DELETE, 0, 0, new OffsetDeleteHandler(coordinator, metadata));
    }
}
