/**
 * Looks after consumer groups: lists and describes them, reads and moves their committed offsets, deletes them. Entry type:
 * {@link io.millrace.client.admin.group.GroupAdmin}. Owner: none, its calls may come from any thread.
 */
@NullMarked
package io.millrace.client.admin.group;

import org.jspecify.annotations.NullMarked;
