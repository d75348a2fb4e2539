/** Verbs about data folders of brokers that do not run; they only read. Entry type: {@link io.millrace.tools.log.LogVerb}. Owner: the main thread. */
@NullMarked
package io.millrace.tools.log;

import org.jspecify.annotations.NullMarked;
