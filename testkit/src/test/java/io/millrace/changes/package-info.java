/**
 * What changes under clients that go on: topics created again, another shard count, listeners. Entry type: {@link
 * io.millrace.changes.RecreatedTopicIT}. Owner: each test.
 */
@NullMarked
package io.millrace.changes;

import org.jspecify.annotations.NullMarked;
