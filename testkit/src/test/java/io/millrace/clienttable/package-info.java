/**
 * What testkit/src/test/sh/client-table.sh runs: one driver per Java client, a tap that notes the versions that clients speak, and what
 * compares. {@link io.millrace.clienttable.JavaCells} runs on the class path of several versions of kafka-clients. Owner: the main thread.
 */
@NullMarked
package io.millrace.clienttable;

import org.jspecify.annotations.NullMarked;
