/** Verbs that write and read records. Entry type: {@link io.millrace.tools.records.ProduceVerb}. Owner: the main thread. */
@NullMarked
package io.millrace.tools.records;

import org.jspecify.annotations.NullMarked;
