/**
 * Classic groups: who is a member, which generation it is, who got which assignment; the protocol of JoinGroup, SyncGroup,
 * Heartbeat and LeaveGroup. Assignments are made by the members' leader and are opaque here. Entry type: {@link
 * io.millrace.broker.coordinator.group.classic.ClassicGroups}. Owner: the shard loop of the coordinator's partition.
 */
@NullMarked
package io.millrace.broker.coordinator.group.classic;

import org.jspecify.annotations.NullMarked;
