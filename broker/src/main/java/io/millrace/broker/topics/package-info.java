/**
 * CreateTopics (API 19), DeleteTopics (20), CreatePartitions (37). Entry type:
 * {@link io.millrace.broker.topics.CreateTopicsHandler}. Owner: the shard loop of the connection; the controller decides.
 */
@NullMarked
package io.millrace.broker.topics;

import org.jspecify.annotations.NullMarked;
