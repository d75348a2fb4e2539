/**
 * The group APIs (8 to 16, 42, 47) and FindCoordinator (10): requests are taken to the group's shard and their answers back.
 * Entry type: {@link io.millrace.broker.group.GroupHandlers}. Owner: the shard loop of the connection.
 */
@NullMarked
package io.millrace.broker.group;

import org.jspecify.annotations.NullMarked;
