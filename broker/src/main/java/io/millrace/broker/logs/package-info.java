/**
 * The logs themselves as clients manage them: DeleteRecords (API 21), DescribeLogDirs (35). Entry type:
 * {@link io.millrace.broker.logs.DeleteRecordsHandler}. Owner: the shard loop of the connection.
 */
@NullMarked
package io.millrace.broker.logs;

import org.jspecify.annotations.NullMarked;
