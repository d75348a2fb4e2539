/**
 * The consumer's side of a group: membership by the classic protocol, assignments, committed offsets. Entry type:
 * {@link io.millrace.client.consumer.group.Group}. Owner: the client's event loop; the polling thread sees the published
 * {@link io.millrace.client.consumer.group.GroupView} and answers it. Knows nothing of fetching or positions.
 */
@NullMarked
package io.millrace.client.consumer.group;

import org.jspecify.annotations.NullMarked;
